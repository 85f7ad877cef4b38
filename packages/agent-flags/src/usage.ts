import type { FlagSpec } from "./flag-spec.ts";
import { flagGroups } from "./flag-table.ts";

/** What `--help` prints: what is served, group by group, and the names of the rest. */
export function usage(): string {
  const lines = [
    "Usage: berth-agent --work_dir=DIR [--master=MASTER] [flags]",
    "",
    "A Mesos agent. Without --master it brings a master for this machine with it.",
    "",
  ];
  for (const { title, flags } of flagGroups) {
    const served = flags.filter(({ state }) => state === "served");
    if (served.length > 0) lines.push(`${title}:`, ...served.map(line), "");
  }
  const others = (state: FlagSpec["state"]) =>
    flagGroups.flatMap(({ flags }) => flags.filter((flag) => flag.state === state).map(({ name }) => `--${name}`));
  lines.push("Not served (other values than the default end the agent):", ...wrap(others("refused")), "");
  lines.push("Taken without effect:", ...wrap(others("noted")), "");
  return lines.join("\n");
}

function line({ name, type, text, default: value }: FlagSpec): string {
  const written = type === "boolean" ? `--[no-]${name}` : `--${name}=VALUE`;
  const shown = value === undefined || value === "" ? "" : ` (default: ${value})`;
  return `  ${written}\n      ${text.replaceAll("`", "")}${shown}`;
}

function wrap(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > 98) lines.push(`  ${name}`);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines;
}
