import { createHmac } from "node:crypto";

/** What `--credential` holds. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** The answer to a challenge of CRAM-MD5 (RFC 2195): the principal, a space, the HMAC in lower-case hex. */
export function cramMd5Response(credential: Credential, challenge: Uint8Array): Uint8Array {
  const digest = createHmac("md5", credential.secret).update(challenge).digest("hex");
  return new TextEncoder().encode(`${credential.principal} ${digest}`);
}
