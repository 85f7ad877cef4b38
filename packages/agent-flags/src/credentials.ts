import { FlagFault } from "./fault.ts";

export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** `{"principal", "secret"}`, or the older line `principal secret`. Throws FlagFault; the text is in no message. */
export function parseCredential(flag: string, text: string): Credential {
  if (!text.trimStart().startsWith("{")) return lineCredential(flag, text);
  return credentialOf(flag, jsonOf(flag, text));
}

/** `{"credentials": [...]}`, or the older lines `principal secret`. */
export function parseCredentials(flag: string, text: string): readonly Credential[] {
  if (!text.trimStart().startsWith("{")) {
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => lineCredential(flag, line));
  }
  const list = (jsonOf(flag, text) as { credentials?: unknown }).credentials;
  if (!Array.isArray(list)) throw new FlagFault(`${flag}: write {"credentials": [{"principal": ..., "secret": ...}]}`);
  return list.map((each) => credentialOf(flag, each));
}

function jsonOf(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FlagFault(`${flag}: is not valid JSON`);
  }
}

function credentialOf(flag: string, value: unknown): Credential {
  const { principal, secret } = (value ?? {}) as { principal?: unknown; secret?: unknown };
  if (typeof principal !== "string" || principal === "" || typeof secret !== "string") {
    throw new FlagFault(`${flag}: each credential needs a principal and a secret, both strings`);
  }
  return { principal, secret };
}

function lineCredential(flag: string, line: string): Credential {
  const [principal = "", secret, ...rest] = line.trim().split(/\s+/);
  if (secret === undefined || rest.length > 0) {
    throw new FlagFault(`${flag}: write {"principal": ..., "secret": ...}, or the path of a file that holds it`);
  }
  return { principal, secret };
}
