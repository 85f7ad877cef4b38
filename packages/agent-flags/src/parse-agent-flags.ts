import type { AgentFlags } from "./agent-flags.ts";
import { collectValues, type GivenValue } from "./collect-values.ts";
import { crossCheck } from "./cross-checks.ts";
import { FlagFault } from "./fault.ts";
import { flagGroups } from "./flag-table.ts";
import { type ReadFile, readValue } from "./read-value.ts";
import { typedFlags } from "./typed-flags.ts";

export type ParsedAgentFlags =
  | {
      readonly kind: "flags";
      readonly flags: AgentFlags;
      /** Every flag that has a value, defaults included, as text for `/flags`; secrets are left out of it. */
      readonly given: Readonly<Record<string, string>>;
      /** What the operator is to be told once: older spellings, and flags that change nothing. */
      readonly notes: readonly FlagNote[];
    }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** One sentence for the operator. */
  | { readonly kind: "invalid"; readonly message: string };

export interface FlagNote {
  readonly flag: string;
  readonly note: string;
}

/**
 * Flags of command line (without the program's name) and environment (`MESOS_WORK_DIR`), read as mesos-agent reads them.
 * `readFile` returns a file's text or throws; it is asked for `file://` values and paths.
 */
export function parseAgentFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { readFile }: { readonly readFile: ReadFile },
): ParsedAgentFlags {
  try {
    return parse(argv, env, readFile);
  } catch (error) {
    if (error instanceof FlagFault) return { kind: "invalid", message: error.message };
    throw error;
  }
}

function parse(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): ParsedAgentFlags {
  const collected = collectValues(argv, env);
  if (isTrue(collected.get("help"))) return { kind: "help" };
  if (isTrue(collected.get("version"))) return { kind: "version" };
  const notes: FlagNote[] = [];
  const texts = new Map<string, string>();
  const shown = new Map<string, string>();
  for (const [name, given] of collected) {
    const value = readValue(given, readFile);
    texts.set(name, value.text);
    shown.set(name, value.shown);
    if (value.deprecation !== undefined) notes.push({ flag: name, note: value.deprecation });
    notes.push(...stateNotes(given, value.text));
  }
  const flags = typedFlags(texts);
  crossCheck(flags, (name) => texts.has(name));
  return { kind: "flags", flags, given: allValues(shown), notes };
}

function isTrue(given: GivenValue | undefined): boolean {
  return given !== undefined && (given.text === "true" || given.text === "1");
}

/** What is to be said of a flag that does nothing here. Throws FlagFault for one that would have to do something. */
function stateNotes({ flag, writtenAs }: GivenValue, text: string): readonly FlagNote[] {
  const notes: FlagNote[] = [];
  if (flag.alias !== undefined && writtenAs.replace(/^(--(no-)?|MESOS_)/, "").toLowerCase() === flag.alias) {
    notes.push({ flag: flag.name, note: `${writtenAs} is deprecated, write --${flag.name}` });
  }
  const isDefault = sameValue(text, flag.default);
  if (flag.state === "served" || isDefault) return notes;
  if (flag.state === "refused") throw new FlagFault(`${writtenAs} is not served: ${flag.why ?? ""}`);
  notes.push({ flag: flag.name, note: `${writtenAs} changes nothing: ${flag.why ?? ""}` });
  return notes;
}

function sameValue(text: string, value: string | undefined): boolean {
  const plain = (each: string | undefined) => (each === "1" ? "true" : each === "0" ? "false" : (each ?? ""));
  return plain(text) === plain(value);
}

function allValues(shown: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, default: value } of flagGroups.flatMap(({ flags }) => flags)) {
    const text = shown.get(name) ?? value;
    if (text !== undefined) values[name] = text;
  }
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
