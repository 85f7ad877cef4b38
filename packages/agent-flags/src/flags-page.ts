import type { FlagGroup, FlagSpec, FlagState } from "./flag-spec.ts";

const stateWords: Readonly<Record<FlagState, string>> = {
  served: "served",
  noted: "no effect",
  refused: "not served",
};

/** `docs/flags.md` of the table. */
export function flagsPage(groups: readonly FlagGroup[]): string {
  const counts = (state: FlagState) =>
    groups.flatMap(({ flags }) => flags).filter((flag) => flag.state === state).length;
  return [
    "<!-- Generated from packages/agent-flags; `npm test -- packages/agent-flags -u` writes it again. -->",
    "",
    "# Flags of berth-agent",
    "",
    `All flags of mesos-agent 1.11, and ours. ${counts("served")} are served. ${counts("noted")} have no effect here: any value is taken, and the log says so once.`,
    `${counts("refused")} are not served: the agent ends with one sentence when one of them is set to anything but its default.`,
    "",
    "`--name=value`, or `MESOS_NAME=value` in the environment; the command line wins. Booleans are `--name`, `--no-name` or `--name=true|false|1|0`.",
    "A value `file:///path` stands for the content of that file; JSON may also be given as an absolute path. Durations have a unit (`ns us ms secs mins hrs days weeks`), sizes too (`B KB MB GB TB`, 1024 based).",
    "Unknown and repeated flags end the agent. Arguments that do not start with `--` are ignored, `--` ends the flags.",
    "",
    ...groups.flatMap(groupLines),
  ].join("\n");
}

function groupLines({ title, flags }: FlagGroup): readonly string[] {
  return [`## ${title}`, "", "| flag | default | | what |", "|---|---|---|---|", ...flags.map(row), ""];
}

function row(flag: FlagSpec): string {
  const { name, type, alias, ours } = flag;
  const written = type === "boolean" ? `\`--[no-]${name}\`` : `\`--${name}\``;
  const names = `${written}${alias === undefined ? "" : ` (\`--${alias}\`)`}${ours === true ? " *" : ""} ${type}`;
  const value = flag.default === undefined ? "" : flag.default === "" ? "empty" : `\`${flag.default}\``;
  const why =
    flag.why === undefined ? "" : ` ${flag.why.charAt(0).toUpperCase()}${flag.why.slice(1).replace(/\.$/, "")}.`;
  return `| ${[names, value, stateWords[flag.state], `${flag.text}${why}`].map(cell).join(" | ")} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
