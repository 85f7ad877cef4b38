import type { IncomingHttpHeaders } from "node:http";

export type Authentication =
  | { readonly ok: true; readonly principal: string }
  /** `challenge` is the value of WWW-Authenticate. */
  | { readonly ok: false; readonly challenge: string };

/** Tells who calls. */
export interface Authenticator {
  authenticate(headers: IncomingHttpHeaders): Authentication | Promise<Authentication>;
}
