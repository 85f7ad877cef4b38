import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hostileAgents, killsOrphans } from "../../src/machine/mesos-agents.ts";

const docker = "--containerizers=docker,mesos";

test.each([
  [[docker], [], true],
  [["--containerizers=docker"], [], true],
  [[], ["MESOS_CONTAINERIZERS=mesos,docker"], true],
  [[], [], false],
  [["--containerizers=mesos"], [], false],
  [[docker, "--no-docker_kill_orphans"], [], false],
  [[docker, "--docker_kill_orphans=false"], [], false],
  [[docker, "--docker_kill_orphans=0"], [], false],
  [[docker, "--docker_kill_orphans=true"], ["MESOS_DOCKER_KILL_ORPHANS=false"], true],
  [[docker], ["MESOS_DOCKER_KILL_ORPHANS=false"], false],
])("%j %j ends our containers: %s", (argv, environment, expected) => {
  expect(killsOrphans(argv, environment)).toBe(expected);
});

test("found in /proc by name", async () => {
  const proc = await mkdtemp(path.join(tmpdir(), "berth-test-proc-"));
  onTestFinished(() => rm(proc, { recursive: true }));
  const processes = {
    "1": ["systemd", "/sbin/init\0"],
    "20": ["mesos-agent", `/usr/sbin/mesos-agent\0--work_dir=/w\0${docker}\0`],
    "21": ["mesos-slave", `mesos-slave\0${docker}\0--no-docker_kill_orphans\0`],
    "22": ["lt-mesos-slave", `lt-mesos-slave\0${docker}\0`],
    "23": ["mesos-agent-ish", `x\0${docker}\0`],
    "24": ["mesos-agent", ""], // a zombie
  };
  for (const [pid, [comm = "", cmdline = ""]] of Object.entries(processes)) {
    await mkdir(path.join(proc, pid));
    await writeFile(path.join(proc, pid, "comm"), `${comm}\n`);
    await writeFile(path.join(proc, pid, "cmdline"), cmdline);
  }
  expect(await hostileAgents(proc)).toEqual([
    { pid: 20, name: "mesos-agent" },
    { pid: 22, name: "lt-mesos-slave" },
  ]);
});

test("no /proc, no answer, no fault", async () => {
  expect(await hostileAgents("/nowhere")).toEqual([]);
});
