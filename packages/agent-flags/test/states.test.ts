import { expect, test } from "vitest";
import { flagGroups, type FlagSpec, parseAgentFlags } from "../src/index.ts";

const all = flagGroups.flatMap(({ flags }) => flags);
const parse = (argv: readonly string[]) => parseAgentFlags(["--work_dir=/w", ...argv], {}, { readFile: () => "{}" });

const other: Readonly<Record<FlagSpec["type"], string>> = {
  boolean: "",
  bytes: "7MB",
  duration: "7days",
  integer: "7",
  json: '{"a": 1}',
  number: "0.7",
  path: "/x",
  string: "other",
};

/** The flag with a value that is not its default. */
function changed({ name, type, default: value }: FlagSpec): string {
  if (type === "boolean") return value === "true" ? `--no-${name}` : `--${name}`;
  return `--${name}=${other[type]}`;
}

test.each(all.filter(({ state }) => state === "refused"))("$name ends the agent with its reason", (flag) => {
  const [written = ""] = changed(flag).split("=");
  expect(parse([changed(flag)])).toEqual({ kind: "invalid", message: `${written} is not served: ${flag.why}` });
});

test.each(all.filter(({ state, default: value }) => state === "refused" && value !== undefined))(
  "$name may be set to its default",
  ({ name, default: value }) => {
    expect(parse([`--${name}=${value}`])).toMatchObject({ kind: "flags", notes: [] });
  },
);

test.each(all.filter(({ state }) => state === "noted"))("$name is taken, and said", (flag) => {
  const [written = ""] = changed(flag).split("=");
  expect(parse([changed(flag)])).toMatchObject({
    kind: "flags",
    notes: [{ flag: flag.name, note: `${written} changes nothing: ${flag.why}` }],
  });
});

test("a noted flag with its default is not worth a word", () => {
  expect(parse(["--isolation=posix/cpu,posix/mem", "--docker_volume_chown=0"])).toMatchObject({ notes: [] });
});

test("an older name is taken, with a warning", () => {
  const parsed = parse(["--slave_subsystems=cpu"]);
  if (parsed.kind !== "flags") throw new Error(parsed.kind);
  expect(parsed.notes.map(({ note }) => note)).toEqual([
    "--slave_subsystems is deprecated, write --agent_subsystems",
    expect.stringContaining("--slave_subsystems changes nothing"),
  ]);
});

test.each(all.filter(({ name, default: value }) => value !== undefined && name !== "help" && name !== "version"))(
  "$name: the default is of its type",
  (flag) => {
    expect(parse([`--${flag.name}=${flag.default}`]).kind).toBe("flags");
  },
);

test.each(all.filter(({ state }) => state !== "served"))("$name: what is not served has a reason", ({ why }) => {
  expect(why).toMatch(/\w/);
});

test("names are there once", () => {
  const names = all.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
  expect(names).toEqual([...new Set(names)]);
});
