import type { IncomingHttpHeaders } from "node:http";

/** One request, as a route sees it. */
export interface HttpCall {
  readonly method: string;
  /** Below the mount, percent-decoded, no trailing slash: "/state". */
  readonly path: string;
  /** What the route's path did not consume: "/files/read/x" on route "/files/read" leaves "/x"; "" when all of it. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Authenticated principal, when the route's realm demands one. */
  readonly principal: string | undefined;
  /** Whole body, bounded, inflated. Rejects with HttpEndpointsError, `body-too-large` for one; uncaught, it is answered with its status. */
  readonly readBody: (limitBytes?: number) => Promise<Uint8Array>;
  /** Aborts when the peer goes away or the server closes. */
  readonly signal: AbortSignal;
  readonly remoteAddress: string | undefined;
}
