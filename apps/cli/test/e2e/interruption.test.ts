import { once } from "node:events";
import { createServer } from "node:http";
import { findEngine } from "@berth/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { berthWorld, dockerTask, sandboxFiles, states, testImage } from "./berth.ts";

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

const secondsOfGrace = (seconds: number) => ({
  kill_policy: { grace_period: { nanoseconds: seconds * 1_000_000_000 } },
});
const stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done";

describe.skipIf(engine === undefined)("berth run, interrupted", () => {
  it("Ctrl-C ends the task by its kill policy: it may say goodbye", async () => {
    const world = await berthWorld(socketPath);
    const value = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 1; done";
    const running = world.start([
      "run",
      await world.task(dockerTask(image, { shell: true, value }, secondsOfGrace(60))),
    ]);
    await once(running.child.stdout ?? process.stdin, "data");
    await running.shows("TASK_RUNNING");
    running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: "ready\nbye\n" });
    expect(states(ran)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_KILLING", "TASK_KILLED"]);
    expect(await world.containers()).toEqual([]);
  });

  it("Ctrl-C before there is a task, while one is awaited on stdin, just ends", async () => {
    const world = await berthWorld(socketPath);
    const running = world.start(["run", "-"], { stdin: undefined });
    // More than a pipe holds: when it is gone, somebody reads.
    await new Promise((resolve) => running.child.stdin?.write(" ".repeat(1_000_000), resolve));
    running.child.kill("SIGINT");
    await running.ended;
    expect(running.child.signalCode).toBe("SIGINT");
  });

  it("a second Ctrl-C ends a task at once that would take its whole grace", async () => {
    const world = await berthWorld(socketPath);
    const task = dockerTask(image, { shell: true, value: stubborn }, secondsOfGrace(3600));
    const running = world.start(["run", await world.task(task)]);
    await once(running.child.stdout ?? process.stdin, "data");
    running.child.kill("SIGINT");
    await running.shows("TASK_KILLING");
    running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(states(ran).at(-1)).toBe("TASK_KILLED");
    expect(await world.containers()).toEqual([]);
  });

  it("SIGTERM does the same, and a task that ignores it is killed after its grace", async () => {
    const world = await berthWorld(socketPath);
    const task = dockerTask(image, { shell: true, value: stubborn }, secondsOfGrace(1));
    const running = world.start(["run", await world.task(task)]);
    await once(running.child.stdout ?? process.stdin, "data");
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 143 });
    expect(await world.containers()).toEqual([]);
  });

  it("Ctrl-C while a file is fetched leaves no part of it and no container", async () => {
    const world = await berthWorld(socketPath);
    const asked = Promise.withResolvers<void>();
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-length": "1000000" });
      response.write("part", () => asked.resolve());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    try {
      const running = world.start(["run", "--image", image, "--uri", `http://127.0.0.1:${port}/big.bin`]);
      await asked.promise;
      running.child.kill("SIGINT");
      const ran = await running.ended;
      expect(ran.code).toBe(130);
      expect(states(ran)).not.toContain("TASK_RUNNING");
      expect(await sandboxFiles(ran)).toEqual([]);
      expect(await world.containers()).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("a reader that goes away ends an endless task, as SIGPIPE would", async () => {
    const world = await berthWorld(socketPath);
    const endless = "trap 'exit 0' TERM; while :; do echo line; done";
    const running = world.start(["run", "--image", image, "--shell", endless]);
    await once(running.child.stdout ?? process.stdin, "data");
    running.child.stdout?.destroy();
    await once(running.child, "exit");
    expect(running.child.exitCode).toBe(141);
    expect(await world.containers()).toEqual([]);
  });

  it("a reader that does not read does not hold the task up, and gets every byte later", async () => {
    const world = await berthWorld(socketPath);
    const value =
      "i=0; while [ $i -lt 64 ]; do head -c 65536 /dev/zero | tr '\\0' x; i=$((i+1)); done; touch $MESOS_SANDBOX/done; sleep 1000";
    const running = world.start(["run", await world.task(dockerTask(image, { shell: true, value }))]);
    running.child.stdout?.pause();
    await running.shows("sandbox: ");
    await running.shows("TASK_RUNNING");
    // The task comes to its end of writing although nobody reads: 4 MB are far more than a pipe holds.
    await world.appears("done");
    running.child.kill("SIGTERM");
    running.child.stdout?.resume();
    const ran = await running.ended;
    expect(ran.code).toBe(143);
    expect(ran.stdout.length).toBe(64 * 65_536);
    expect(/^x*$/.test(ran.stdout)).toBe(true);
  });

  it("a second Ctrl-C leaves although the reader of the output stands still", async () => {
    const world = await berthWorld(socketPath);
    const value = "head -c 1000000 /dev/zero; touch $MESOS_SANDBOX/done; exec sleep 1000";
    const running = world.start(["run", "--image", image, "--shell", value]);
    running.child.stdout?.pause();
    await running.shows("TASK_RUNNING");
    onTestFinished(() => void running.child.stdout?.destroy());
    await world.appears("done");
    running.child.kill("SIGINT");
    await running.shows("TASK_KILLING");
    running.child.kill("SIGINT");
    await once(running.child, "exit");
    expect([running.child.exitCode, running.child.signalCode]).toEqual([null, "SIGINT"]);
    expect(await world.containers()).toEqual([]);
  });
});
