import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Credential } from "@berth/mesos-client";
import { CliError } from "../cli-error.ts";

/** A file as `--credential` of Mesos has it: `{"principal": "p", "secret": "s"}`, or `p s` on one line. Throws CliError `usage`. */
export async function loadCredential(file: string | undefined, cwd: string): Promise<Credential | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(path.resolve(cwd, file.replace(/^file:\/\//, "")), "utf8").catch((cause: unknown) => {
    throw new CliError("usage", `cannot read --credential ${file}: ${(cause as Error).message}`, { cause });
  });
  const credential = text.trimStart().startsWith("{") ? fromJson(text) : fromWords(text);
  if (credential !== undefined) return credential;
  throw new CliError("usage", `--credential ${file}: write {"principal": "...", "secret": "..."}, or both on one line`);
}

function fromJson(text: string): Credential | undefined {
  try {
    const { principal, secret } = JSON.parse(text) as Record<string, unknown>;
    return typeof principal === "string" && typeof secret === "string" ? { principal, secret } : undefined;
  } catch {
    return undefined;
  }
}

function fromWords(text: string): Credential | undefined {
  const [principal, secret, ...more] = text.trim().split(/\s+/);
  return principal === undefined || secret === undefined || more.length > 0 ? undefined : { principal, secret };
}
