import { parseBytes } from "./bytes.ts";
import type { GivenValue } from "./collect-values.ts";
import { parseDuration } from "./duration.ts";
import { FlagFault } from "./fault.ts";
import type { FlagType } from "./flag-spec.ts";

export interface FlagValue {
  /** What counts: of a file its content. */
  readonly text: string;
  /** What may be shown to anyone who reads the flags. */
  readonly shown: string;
  readonly deprecation?: string | undefined;
}

export type ReadFile = (path: string) => string;

/** The value behind what was given, checked against the flag's type. Throws FlagFault; a secret is in no message. */
export function readValue(given: GivenValue, readFile: ReadFile): FlagValue {
  const { flag, writtenAs } = given;
  const file = fileOf(given);
  const text = file === undefined ? given.text : contentOf(writtenAs, file.path, readFile);
  const fault = typeFault(flag.type, text);
  if (fault !== undefined) {
    const what = file === undefined && flag.secret !== true ? `${writtenAs}=${text}` : writtenAs;
    throw new FlagFault(`${what}: ${fault}`);
  }
  return {
    text,
    shown: flag.secret === true ? (file === undefined ? withoutSecrets(text) : file.path) : text,
    deprecation:
      file?.deprecated === true ? `${writtenAs}: a bare path is deprecated, write file://${file.path}` : undefined,
  };
}

/** Where the value stands, when it is not given itself. */
function fileOf({ flag, text }: GivenValue): { readonly path: string; readonly deprecated: boolean } | undefined {
  if (text.startsWith("file://")) return { path: text.slice("file://".length), deprecated: false };
  if (!text.startsWith("/")) return undefined;
  if (flag.type === "json") return { path: text, deprecated: true };
  // The original reads these two from a path as a matter of course.
  return flag.type === "path" || flag.name === "resources" ? { path: text, deprecated: false } : undefined;
}

function contentOf(writtenAs: string, path: string, readFile: ReadFile): string {
  try {
    // The line end that an editor leaves is no part of a value.
    return readFile(path).trimEnd();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new FlagFault(`${writtenAs}: cannot read ${path}: ${message}`, { cause });
  }
}

function typeFault(type: FlagType, text: string): string | undefined {
  switch (type) {
    case "boolean":
      return /^(true|false|1|0)$/.test(text) ? undefined : "write true or false";
    case "integer":
      return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? undefined : "write a whole number";
    case "number":
      return /^-?(\d+(\.\d*)?|\.\d+)$/.test(text) ? undefined : "write a number";
    case "duration":
      return parseDuration(text) === undefined
        ? "write a number and a unit (ns, us, ms, secs, mins, hrs, days, weeks), such as 30secs"
        : undefined;
    case "bytes":
      return parseBytes(text) === undefined
        ? "write a whole number and a unit (B, KB, MB, GB, TB), such as 2GB"
        : undefined;
    case "json":
      return jsonFault(text);
    case "path":
    case "string":
      return undefined;
  }
}

function jsonFault(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? undefined : "write a JSON object";
  } catch {
    // What JSON.parse says repeats the text, and there may be a secret in it.
    return "is not valid JSON";
  }
}

/** `zk://user:password@...` without the password; of anything else only that it is set. */
function withoutSecrets(text: string): string {
  if (/^[\w.-]+:\d+$/.test(text)) return text;
  if (text.startsWith("zk://")) return text.replace(/^zk:\/\/([^:@/]*):.*@/, "zk://$1:***@");
  return "***";
}
