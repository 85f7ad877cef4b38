import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createCgroupReader } from "../src/index.ts";
import { fixtureGroup, fixturePid, putFixture } from "./put-fixture.ts";

const v1 = (controller: string) => `sys/fs/cgroup/${controller}/docker/${fixtureGroup}`;
const v2 = `sys/fs/cgroup/system.slice/docker-${fixtureGroup}.scope`;

async function located(...args: Parameters<typeof putFixture>) {
  const { root, reader } = await putFixture(...args);
  const location = await reader.locate(fixturePid);
  if (location === undefined) throw new Error("not located");
  return { root, reader, location };
}

describe("v1, a mount for each controller, an empty v2 tree beside", () => {
  it("finds the group in each hierarchy", async () => {
    const { root, location } = await located("v1-split");
    expect(location).toEqual({
      version: 1,
      cpu: path.join(root, v1("cpu")),
      cpuacct: path.join(root, v1("cpuacct")),
      memory: path.join(root, v1("memory")),
      pids: path.join(root, v1("pids")),
    });
  });

  it("reads usage", async () => {
    const { reader, location } = await located("v1-split");
    expect(await reader.usage(location)).toEqual({
      cpusUserTimeSecs: 0.28,
      cpusSystemTimeSecs: 0.04,
      cpusNrPeriods: 20,
      cpusNrThrottled: 14,
      cpusThrottledTimeSecs: 0.769232706,
      memRssBytes: 106496,
      memAnonBytes: 106496,
      memFileBytes: 8392704,
      memShmemBytes: 0,
      memSwapBytes: 0,
      memTotalBytes: 9265152,
      processes: 2,
    });
  });

  it("reads what the memory controller knows", async () => {
    const { reader, location } = await located("v1-split", {
      [`${v1("memory")}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
    });
    expect(await reader.memoryEvidence(location)).toEqual({ oomKills: 3, peakBytes: 10223616, limitBytes: 67108864 });
  });

  it("leaves out what is missing or without limit, and never says zero", async () => {
    const { reader, location } = await located("v1-split", {
      [`${v1("memory")}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\n",
      [`${v1("memory")}/memory.limit_in_bytes`]: "9223372036854771712\n",
      [`${v1("memory")}/memory.stat`]: undefined,
      [`${v1("cpu")}/cpu.stat`]: undefined,
    });
    expect(await reader.memoryEvidence(location)).toEqual({ peakBytes: 10223616 });
    expect(Object.keys((await reader.usage(location)) ?? {}).toSorted()).toEqual([
      "cpusSystemTimeSecs",
      "cpusUserTimeSecs",
      "memTotalBytes",
      "processes",
    ]);
  });

  it("works with two controllers in one mount, in either order", async () => {
    const { root, location } = await located("v1-split", {
      "proc/4711/cgroup": `2:cpuacct,cpu:/docker/${fixtureGroup}\n`,
      "proc/self/mountinfo": "32 31 0:29 / ROOT/sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n",
    });
    const both = path.join(root, `sys/fs/cgroup/cpu,cpuacct/docker/${fixtureGroup}`);
    expect(location).toEqual({ version: 1, cpu: both, cpuacct: both, memory: undefined, pids: undefined });
  });
});

describe("v2", () => {
  it("reads usage, with the processes of a container that divides its group", async () => {
    const { root, reader, location } = await located("v2-systemd");
    expect(location).toEqual({ version: 2, unified: path.join(root, v2) });
    expect(await reader.usage(location)).toEqual({
      cpusUserTimeSecs: 1.788342,
      cpusSystemTimeSecs: 0.540149,
      cpusNrPeriods: 61,
      cpusNrThrottled: 17,
      cpusThrottledTimeSecs: 0.969232,
      memRssBytes: 1433600,
      memAnonBytes: 1433600,
      memFileBytes: 8388608,
      memShmemBytes: 0,
      memSwapBytes: 0,
      memTotalBytes: 10747904,
      processes: 3,
    });
  });

  it("reads what the memory controller knows, before Linux 5.19 and without a limit too", async () => {
    const { reader, location } = await located("v2-systemd");
    expect(await reader.memoryEvidence(location)).toEqual({ oomKills: 1, peakBytes: 67108864, limitBytes: 67108864 });
    const old = await located("v2-systemd", { [`${v2}/memory.peak`]: undefined, [`${v2}/memory.max`]: "max\n" });
    expect(await old.reader.memoryEvidence(old.location)).toEqual({ oomKills: 1 });
  });
});

describe("no location", () => {
  it.each<{ id: string; name: "v1-split" | "v2-systemd"; changes: Record<string, string | undefined> }>([
    { id: "the process is gone", name: "v2-systemd", changes: { "proc/4711/cgroup": undefined } },
    { id: "a zombie", name: "v2-systemd", changes: { "proc/4711/stat": "4711 (a) S) Z 1 1\n" } },
    { id: "the root group of v2", name: "v2-systemd", changes: { "proc/4711/cgroup": "0::/\n" } },
    {
      id: "the root groups of v1",
      name: "v1-split",
      changes: { "proc/4711/cgroup": "4:memory:/\n2:cpuacct:/\n1:cpu:/\n0::/\n" },
    },
    {
      id: "a removed group",
      name: "v2-systemd",
      changes: { "proc/4711/cgroup": "0::/system.slice/x.scope (deleted)\n" },
    },
    { id: "outside of our cgroup namespace", name: "v2-systemd", changes: { "proc/4711/cgroup": "0::/../x.scope\n" } },
    {
      id: "no hierarchy mounted",
      name: "v2-systemd",
      changes: { "proc/self/mountinfo": "22 27 0:21 / /proc rw - proc proc rw\n" },
    },
    { id: "no procfs", name: "v2-systemd", changes: { "proc/self/mountinfo": undefined } },
  ])("$id", async ({ name, changes }) => {
    const { reader } = await putFixture(name, changes);
    expect(await reader.locate(fixturePid)).toBeUndefined();
  });

  it("for hierarchies outside of cgroupRoot", async () => {
    const { root } = await putFixture("v2-systemd");
    const reader = (cgroupRoot: string) => createCgroupReader({ procRoot: `${root}/proc`, cgroupRoot });
    expect(await reader(`${root}/sys/fs/cgroup/`).locate(fixturePid)).toMatchObject({ version: 2 });
    expect(await reader(`${root}/sys/fs/cgr`).locate(fixturePid)).toBeUndefined();
  });
});

it.each(["v1-split", "v2-systemd"] as const)(
  "a group that is gone has neither usage nor evidence: %s",
  async (name) => {
    const { root, reader, location } = await located(name);
    await rm(path.join(root, "sys"), { recursive: true });
    expect(await reader.usage(location)).toBeUndefined();
    expect(await reader.memoryEvidence(location)).toBeUndefined();
  },
);
