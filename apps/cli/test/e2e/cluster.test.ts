import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { findEngine } from "@berth/testkit";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { berthWorld, type BerthWorld, dockerTask, states, testImage } from "./berth.ts";

// Each test starts an agent and the command many times over.
vi.setConfig({ testTimeout: 240_000 });

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

/** `berth agent` with a master of its own, gone with the test. Resolves with the master's address. */
async function startAgent(world: BerthWorld): Promise<string> {
  const resources = "cpus:4;mem:2048;disk:1024;ports:[31000-32000]";
  const flags = [
    `--work_dir=${world.workDirectory}`,
    "--port=0",
    "--master_port=0",
    "--docker_remove_delay=0secs",
    `--resources=${resources}`,
  ];
  const running = world.start(["agent", ...flags, "--registration_backoff_factor=10ms"]);
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  await running.shows(", master ");
  const [, master] = /, master ([\d.:]+),/.exec(running.shown()) ?? [];
  if (master === undefined) throw new Error(`no address: ${running.shown()}`);
  return master;
}

const json = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe.skipIf(engine === undefined)("berth run on a master that is not its own", () => {
  it("shows output and states as ever, read through the agent", async () => {
    const world = await berthWorld(socketPath);
    const master = await startAgent(world);
    await writeFile(path.join(world.folder, "beside.txt"), "beside\n");
    const value =
      "cat $MESOS_SANDBOX/beside.txt; printf 'a\\000\\377b'; echo oops >&2; head -c 300000 /dev/zero | tr '\\0' x; exit 7";
    const task = dockerTask(image, { shell: true, value, uris: [{ value: "beside.txt" }] });
    const ran = await world.run(["run", "--master", master, await world.task(task)]);
    expect(ran).toMatchObject({ code: 7, stdout: `beside\na\0\xffb${"x".repeat(300_000)}` });
    expect(states(ran)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
    expect(ran.stderr).toMatch(/^oops$/m);
    expect(ran.stderr).toContain("beside.txt (7 B)"); // the progress of the fetch came as a message
    const [, sandbox = ""] = /^sandbox: (.*) at http:/m.exec(ran.stderr) ?? [];
    expect((await readFile(path.join(sandbox, "stdout"))).toString("latin1")).toBe(ran.stdout);
    const listed = await world.run(["ps", "--master", master]);
    expect(listed.stdout).toMatch(/^TASK .*\n$/);
  });

  it("Ctrl-C ends a task that waits for an offer, and says why it waited", async () => {
    const world = await berthWorld(socketPath);
    const master = await startAgent(world);
    const flags = ["--image", image, "--cpus", "100"];
    const running = world.start(["run", "--master", master, ...flags]);
    await running.shows("lacks cpus:96");
    running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: "" });
    expect(states(ran)).toEqual(["TASK_KILLED"]);
  });

  it("leaves a detached task to it, which ps, logs, state and kill then look after", async () => {
    const world = await berthWorld(socketPath);
    const master = await startAgent(world);
    const env = { BERTH_MASTER: master };
    const value = "trap 'echo bye; exit 0' TERM; echo one; echo two; echo three; while :; do sleep 0.1; done";
    const task = await world.task(dockerTask(image, { shell: true, value }, { kill_policy: grace(60) }));
    const detached = await world.run(["run", "--master", master, "--detach", "--json", task]);
    expect(detached.code).toBe(0);
    const [ids] = json(detached.stdout);
    const { agent_id, framework_id } = ids ?? {};
    expect(ids).toMatchObject({ task_id: "test", framework_id: expect.stringMatching(/-0000$/) });

    // At once: it has left when that was known.
    expect(json((await world.run(["ps", "--json"], { env })).stdout)).toEqual([
      expect.objectContaining({ id: "test", state: "TASK_RUNNING", agent_id, framework_id, framework: "berth run" }),
    ]);
    const following = world.start(["logs", "-f", "test"], { env });
    await once(following.child.stdout ?? process.stdin, "data");
    const last = await world.run(["logs", "--tail", "2", "test"], { env });
    expect(last).toMatchObject({ code: 0, stdout: "two\nthree\n" });
    const state = await world.run(["state"], { env });
    expect(state.stdout).toMatch(/berth run .* away +1\n/);

    const killed = await world.run(["kill", "test"], { env });
    expect(killed.code).toBe(0);
    expect(states(killed).at(-1)).toBe("TASK_KILLED");
    expect(await following.ended).toMatchObject({ code: 0, stdout: "one\ntwo\nthree\nbye\n" });
    await expect.poll(() => world.containers(), { timeout: 60_000 }).toEqual([]);
    const again = await world.run(["kill", "test"], { env });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("has ended already: TASK_KILLED") });
  });

  it("kill keeps away from the task of a berth run that is still there", async () => {
    const world = await berthWorld(socketPath);
    const master = await startAgent(world);
    const running = world.start(["run", "--master", master, "--image", image, "--name", "mine", "--", "sleep", "1000"]);
    await running.shows("TASK_RUNNING");
    const killed = await world.run(["kill", "--master", master, "mine"]);
    expect(killed).toMatchObject({ code: 1, stderr: expect.stringContaining("Ctrl-C") });
    running.child.kill("SIGINT");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });
});

function grace(seconds: number) {
  return { grace_period: { nanoseconds: seconds * 1_000_000_000 } };
}
