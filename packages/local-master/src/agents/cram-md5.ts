import { createHmac, timingSafeEqual } from "node:crypto";

export interface AgentCredential {
  readonly principal: string;
  readonly secret: string;
}

/** What the agent has to sign: `<digits.digits@host>`. */
export function challengeOf(random: number, nowMs: number, host: string): string {
  return `<${Math.floor(random * 1e10)}.${Math.floor(nowMs / 1000)}@${host}>`;
}

/** The principal who made this answer to the challenge: `principal`, a space, the HMAC-MD5 in lower-case hex. Undefined for nobody known. */
export function whoAnswered(
  answer: Uint8Array,
  challenge: string,
  credentials: readonly AgentCredential[],
): string | undefined {
  const text = Buffer.from(answer).toString("utf8");
  const space = text.lastIndexOf(" ");
  const principal = text.slice(0, Math.max(space, 0));
  const credential = credentials.find((each) => each.principal === principal);
  // A stranger costs as much time as somebody with a wrong secret.
  const expected = createHmac("md5", credential?.secret ?? "")
    .update(challenge)
    .digest();
  const given = Buffer.from(text.slice(space + 1), "hex");
  const right = given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  return right && credential !== undefined ? principal : undefined;
}
