import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Authenticator } from "./authenticator.ts";

export interface BasicCredential {
  readonly principal: string;
  readonly secret: string;
}

/**
 * HTTP basic authentication (RFC 7617). Both sides are hashed with a key of this process and compared in constant time; a principal
 * that nobody knows costs what a known one does. Of two credentials with one principal the last counts.
 */
export function createBasicAuthenticator(credentials: readonly BasicCredential[], realm: string): Authenticator {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  const secrets = new Map(
    credentials.map(({ principal, secret }) => [digest(principal).toString("hex"), digest(secret)]),
  );
  const nobodys = randomBytes(32);
  const refused = { ok: false, challenge: `Basic realm="${realm.replace(/["\\]/g, "\\$&")}"` } as const;
  return {
    authenticate(headers) {
      const given = readBasic(headers.authorization);
      if (given === undefined) return refused;
      const known = secrets.get(digest(given.principal).toString("hex"));
      const matches = timingSafeEqual(digest(given.secret), known ?? nobodys);
      return matches && known !== undefined ? { ok: true, principal: given.principal } : refused;
    },
  };
}

function readBasic(header: string | undefined): BasicCredential | undefined {
  const [, token] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? "") ?? [];
  if (token === undefined) return undefined;
  const text = Buffer.from(token, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { principal: text.slice(0, colon), secret: text.slice(colon + 1) };
}
