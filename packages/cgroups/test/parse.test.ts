import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupDirectory, parseCgroupMounts } from "../src/mountinfo.ts";
import { parseCount, parseFlatKeyed, processState } from "../src/parse.ts";
import { parseProcessCgroups } from "../src/proc-cgroup.ts";

describe("numbers", () => {
  it.each([
    ["0\n", 0],
    ["67108864", 67108864],
    ["max\n", undefined],
    ["9223372036854771712\n", undefined],
    ["18446744073709551615", undefined],
    ["-1", undefined],
    ["", undefined],
    [undefined, undefined],
    ["1e9", undefined],
  ])("%j is %j", (text, value) => {
    expect(parseCount(text)).toBe(value);
  });

  it("keyed ones leave out what is none", () => {
    expect([...parseFlatKeyed("a 1\nb max\n\nc\nd  2 3\n")]).toEqual([
      ["a", 1],
      ["d", 2],
    ]);
  });
});

it.each([
  ["12 (sleep) S 1", "S"],
  ["12 (a) Z (b) R 1", "R"],
  ["12 () x) Z 1", "Z"],
  ["", undefined],
])("the state in %j is %j", (stat, state) => {
  expect(processState(stat)).toBe(state);
});

it("a process's groups, with colons and spaces in the path", () => {
  expect(parseProcessCgroups("5:cpu,cpuacct:/a:b c/d\n1:name=systemd:/x\n0::/y\n7::/z\nnonsense\n")).toEqual([
    { version: 1, controllers: ["cpu", "cpuacct"], path: "/a:b c/d" },
    { version: 1, controllers: ["name=systemd"], path: "/x" },
    { version: 2, controllers: [], path: "/y" },
  ]);
});

describe("mounts", () => {
  it("have optional fields and escaped names", () => {
    const line = String.raw`40 31 0:37 /a\040b /mnt/c\134d\011e rw shared:1 master:2 - cgroup cgroup rw,cpu,cpuacct`;
    expect(parseCgroupMounts(`${line}\n31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n`)).toEqual([
      { version: 1, controllers: ["rw", "cpu", "cpuacct"], root: "/a b", mountPoint: "/mnt/c\\d\te" },
    ]);
  });

  const mount = (root: string, mountPoint: string) => ({ version: 2 as const, controllers: [], root, mountPoint });
  it.each([
    { id: "all of the hierarchy", mounts: [mount("/", "/c")], group: "/docker/x", directory: "/c/docker/x" },
    { id: "a part of it", mounts: [mount("/docker/x", "/c")], group: "/docker/x/y", directory: "/c/y" },
    { id: "just the group", mounts: [mount("/docker/x", "/c")], group: "/docker/x", directory: "/c" },
    { id: "another part", mounts: [mount("/docker/x", "/c")], group: "/docker/xy", directory: undefined },
    { id: "whichever shows it", mounts: [mount("/", "/c"), mount("/a", "/d")], group: "/b", directory: "/c/b" },
    { id: "the one on top", mounts: [mount("/", "/c"), mount("/", "/d")], group: "/b", directory: "/d/b" },
    { id: "a group above ours", mounts: [mount("/", "/c")], group: "/../b", directory: undefined },
  ])("$id", ({ mounts, group, directory }) => {
    expect(groupDirectory(mounts, group)).toBe(directory);
  });
});

it("parsers take any text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseFlatKeyed(text);
      parseCgroupMounts(text);
      expect(parseProcessCgroups(text).every((one) => one.path.startsWith("/"))).toBe(true);
    }),
  );
});
