import { closestName } from "./closest-name.ts";
import { FlagFault } from "./fault.ts";
import type { FlagSpec } from "./flag-spec.ts";
import { findFlag, flagNames } from "./flag-table.ts";

/** What was said for a flag, before `file://` is looked into. */
export interface GivenValue {
  readonly flag: FlagSpec;
  readonly text: string;
  /** `--work_dir` or `MESOS_WORK_DIR`, as written. */
  readonly writtenAs: string;
}

/** The flags of command line and environment, each once; the command line wins. Throws FlagFault. */
export function collectValues(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, GivenValue> {
  const values = new Map<string, GivenValue>();
  for (const given of fromEnvironment(env)) add(values, given);
  const fromArguments = new Map<string, GivenValue>();
  for (const argument of argv) {
    if (argument === "--") break;
    if (argument.startsWith("--")) add(fromArguments, readArgument(argument));
  }
  return new Map([...values, ...fromArguments]);
}

function add(values: Map<string, GivenValue>, given: GivenValue): void {
  const before = values.get(given.flag.name);
  if (before !== undefined) {
    const names = new Set([before.writtenAs, given.writtenAs]);
    throw new FlagFault(`${[...names].join(" and ")}: given twice, once is enough`);
  }
  values.set(given.flag.name, given);
}

function* fromEnvironment(env: Readonly<Record<string, string | undefined>>): Generator<GivenValue> {
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith("MESOS_") || text === undefined) continue;
    // Executors, agents and masters share the prefix: what is no flag of ours is somebody else's.
    const flag = findFlag(variable.slice("MESOS_".length).toLowerCase());
    if (flag !== undefined) yield { flag, text, writtenAs: variable };
  }
}

function readArgument(argument: string): GivenValue {
  const [, written = "", , value] = /^--([^=]*)(=([\s\S]*))?$/.exec(argument) ?? [];
  const name = written.toLowerCase();
  const flag = findFlag(name);
  if (flag !== undefined) {
    if (value === undefined && flag.type !== "boolean") {
      throw new FlagFault(`--${name} needs a value: --${name}=VALUE`);
    }
    return { flag, text: value ?? "true", writtenAs: `--${name}` };
  }
  const negated = name.startsWith("no-") ? findFlag(name.slice("no-".length)) : undefined;
  if (negated === undefined) throw new FlagFault(unknown(written));
  if (negated.type !== "boolean") {
    throw new FlagFault(`--${name}: --${negated.name} is not a yes or no, give it a value or leave it out`);
  }
  if (value !== undefined) throw new FlagFault(`--${name} takes no value`);
  return { flag: negated, text: "false", writtenAs: `--${name}` };
}

function unknown(written: string): string {
  const meant = closestName(written.toLowerCase().replaceAll("-", "_"), flagNames());
  return `--${written}: there is no such flag${meant === undefined ? "" : `, did you mean --${meant}?`}`;
}
