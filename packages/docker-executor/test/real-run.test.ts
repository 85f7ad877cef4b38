import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Environment_Variable } from "@berth/proto/v1";
import { engineRequest, findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRealBench } from "./real-bench.ts";
import { ports, scalar, taskInfo } from "./task-fixtures.ts";

const engine = await findEngine();
const image = "berth-test/busybox:1";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(engine === undefined)("a task on a real engine", () => {
  it("has its environment, its sandbox and its labels", async () => {
    await using bench = await createRealBench(engine);
    const secret = { type: "VALUE" as const, value: { data: Buffer.from("s3cret") } };
    const variables: Environment_Variable[] = [
      { name: "A", value: "1" },
      { name: "B", type: "SECRET", secret },
    ];
    const task = await bench.start(
      taskInfo({ command: { value: "env; echo in > $MESOS_SANDBOX/file; sleep 100", environment: { variables } } }),
      { environment: { A: "2" } },
    );
    await task.run.launched;
    const { Config } = await bench.inspect(task);
    expect(Config.Env).toEqual(
      expect.arrayContaining([
        "A=2",
        "B=s3cret",
        "MESOS_SANDBOX=/mnt/mesos/sandbox",
        `MESOS_CONTAINER_NAME=${task.run.containerName}`,
      ]),
    );
    expect(Config.Labels).toMatchObject({
      "berth.agent_id": task.launch.agentId,
      "berth.framework_id": task.launch.frameworkId,
      "berth.executor_id": task.launch.executorId,
      "berth.task_id": task.launch.task.taskId?.value,
      "berth.container_id": task.launch.containerId,
      "berth.spec_hash": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const running = task.statuses.find((status) => status.state === "TASK_RUNNING");
    const data = Buffer.from(running?.data ?? []).toString();
    expect(data).not.toContain("s3cret");
    expect((JSON.parse(data) as { Name: string }[])[0]?.Name).toBe(`/${task.run.containerName}`);
    expect(task.run.pid()).toBeGreaterThan(1);
    await task.run.destroy();
    expect(await task.log("stdout")).toContain("A=2\n");
    expect(await readFile(path.join(task.launch.sandboxDirectory, "file"), "utf8")).toBe("in\n");
    expect(await bench.containerCount(task)).toBe(0);
  });

  it("sees a sandbox whose path has colons, spaces and quotes", async () => {
    await using bench = await createRealBench(engine);
    const sandboxDirectory = await bench.sandbox(`a:b c"d'e-`);
    await writeFile(path.join(sandboxDirectory, "there"), "seen\n");
    const task = await bench.start(taskInfo({ command: { value: "cat /mnt/mesos/sandbox/there" } }), {
      sandboxDirectory,
    });
    expect((await task.run.terminated).exitCode).toBe(0);
    expect(await task.log("stdout")).toBe("seen\n");
  });

  it("is killed with grace: SIGTERM reaches it and it ends by itself", async () => {
    await using bench = await createRealBench(engine);
    const command = { value: "trap 'echo bye; exit 3' TERM; echo ready; while true; do sleep 0.1; done" };
    const task = await bench.start(taskInfo({ command }), { taskKillingState: true });
    await task.run.launched;
    await expect.poll(() => task.log("stdout"), { timeout: 20_000 }).toContain("ready");
    task.run.kill({ killPolicy: { gracePeriod: { nanoseconds: 30_000_000_000n } } });
    const end = await task.run.terminated;
    expect(end).toMatchObject({
      exitCode: 3,
      status: { state: "TASK_KILLED", message: "Container exited with status 3" },
    });
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_KILLING", "TASK_KILLED"]);
    expect(await task.log("stdout")).toBe("ready\nbye\n");
  });

  it("that ignores SIGTERM is killed when the grace is over", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command: { value: "trap '' TERM; while true; do sleep 0.1; done" } }));
    await task.run.launched;
    task.run.kill({ killPolicy: { gracePeriod: { nanoseconds: 400_000_000n } } });
    expect(await task.run.terminated).toMatchObject({
      exitCode: 137,
      killSignal: "SIGKILL",
      status: { state: "TASK_KILLED" },
    });
  });

  it("that eats its memory fails with REASON_CONTAINER_LIMITATION_MEMORY, limit and peak", async () => {
    await using bench = await createRealBench(engine);
    const parameters = [{ key: "memory-swap", value: "32m" }];
    const container = { type: "DOCKER" as const, docker: { image, parameters } };
    const command = { value: "x=x; while true; do x=$x$x; done" };
    const task = await bench.start(
      taskInfo({ resources: [scalar("cpus", 0.5), scalar("mem", 32)], command, container }),
    );
    const end = await task.run.terminated;
    expect(end).toMatchObject({ outOfMemory: true, exitCode: 137 });
    expect(end.status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LIMITATION_MEMORY" });
    expect(end.status.message).toMatch(
      /^Memory limit exceeded: Requested: 32MB Maximum Used: (?:[\d.]+MB|unknown); Container exited with status 137$/,
    );
    expect(end.status.limitation?.resources?.[0]).toMatchObject({ name: "mem" });
  });

  it("has a tty, a user, rlimits and capabilities", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(
      taskInfo({
        command: { value: "tty; id -u; ulimit -n; grep CapEff /proc/self/status", user: "nobody" },
        container: {
          type: "DOCKER",
          docker: { image },
          ttyInfo: {},
          rlimitInfo: { rlimits: [{ type: "RLMT_NOFILE", soft: 123n, hard: 456n }] },
          linuxInfo: { effectiveCapabilities: { capabilities: [] } },
        },
      }),
    );
    expect((await task.run.terminated).exitCode).toBe(0);
    expect(await task.log("stdout")).toBe("/dev/pts/0\r\n65534\r\n123\r\nCapEff:\t0000000000000000\r\n");
  });

  it("runs as the owner of its sandbox and can write it", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command: { value: "echo x > $MESOS_SANDBOX/mine", user: "somebody" } }), {
      owner: { uid: 4321, gid: 4321 },
    });
    expect((await task.run.terminated).exitCode).toBe(0);
    expect((await stat(path.join(task.launch.sandboxDirectory, "mine"))).uid).toBe(4321);
  });

  it("serves a mapped port on the bridge and reports its address", async () => {
    await using bench = await createRealBench(engine);
    const port = await freePort();
    const portMappings = [{ hostPort: port, containerPort: 80 }];
    const task = await bench.start(
      taskInfo({
        resources: [scalar("mem", 64), ports([port, port])],
        command: { value: "mkdir /www; echo hello > /www/index.html; httpd -f -p 80 -h /www" },
        container: { type: "DOCKER", docker: { image, network: "BRIDGE", portMappings } },
      }),
    );
    await task.run.launched;
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/`).then(
            (answer) => answer.text(),
            () => "",
          ),
        { timeout: 20_000 },
      )
      .toBe("hello\n");
    const [info] = task.statuses.at(-1)?.containerStatus?.networkInfos ?? [];
    expect(info?.ipAddresses).toEqual([{ ipAddress: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string }]);
  });

  it("is not started on a port that somebody else has, and leaves nothing behind", async () => {
    await using bench = await createRealBench(engine, { portRetryMs: 500 });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const task = await bench.start(
      taskInfo({
        resources: [scalar("mem", 64), ports([port, port])],
        command: { value: "sleep 100" },
        container: {
          type: "DOCKER",
          docker: { image, network: "BRIDGE", portMappings: [{ hostPort: port, containerPort: 80 }] },
        },
      }),
    );
    const { status } = await task.run.terminated;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
    expect(status.message).toMatch(/address already in use|port is already allocated/);
    expect(await bench.containerCount(task)).toBe(0);
  });

  it("is on a network whose name has dots, and its address is found", async () => {
    if (engine === undefined) return;
    const name = "berth-test-docker-executor.net.a";
    await engineRequest(engine.socketPath, "DELETE", `/networks/${name}`);
    const made = await engineRequest(engine.socketPath, "POST", "/networks/create", {
      Name: name,
      CheckDuplicate: true,
    });
    expect(made.status).toBe(201);
    onTestFinished(() => engineRequest(engine.socketPath, "DELETE", `/networks/${name}`).then(() => undefined));
    await using bench = await createRealBench(engine);
    const container = {
      type: "DOCKER" as const,
      hostname: "boat",
      docker: { image, network: "USER" as const },
      networkInfos: [{ name }],
    };
    const task = await bench.start(taskInfo({ command: { value: "hostname; sleep 100" }, container }));
    await task.run.launched;
    const { NetworkSettings, Config } = await bench.inspect(task);
    expect(Config.Hostname).toBe("boat");
    const address = NetworkSettings.Networks[name]?.IPAddress;
    expect(address).toMatch(/^\d/);
    expect(task.statuses.at(-1)?.containerStatus?.networkInfos).toEqual([
      { name, ipAddresses: [{ ipAddress: address }] },
    ]);
  });

  it("ends at its max_completion_time", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(
      taskInfo({ command: { value: "sleep 1000" }, maxCompletionTime: { nanoseconds: 1_500_000_000n } }),
    );
    expect((await task.run.terminated).status).toMatchObject({
      state: "TASK_FAILED",
      reason: "REASON_MAX_COMPLETION_TIME_REACHED",
    });
  });

  it("leaves nothing behind, at whatever moment it is destroyed", async () => {
    await using bench = await createRealBench(engine);
    const tasks = await Promise.all(
      Array.from({ length: 16 }, () => bench.start(taskInfo({ command: { value: "sleep 1000" } }))),
    );
    // Spread over the time that a launch takes here, so that each phase is met.
    const ends = await Promise.all(
      tasks.map(async ({ run }, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 60));
        return run.destroy();
      }),
    );
    expect(ends.map(({ status }) => status.state)).toEqual(tasks.map(() => "TASK_KILLED"));
    expect(await Promise.all(tasks.map((task) => bench.containerCount(task)))).toEqual(tasks.map(() => 0));
  });

  it("comes twenty at once, and none leaves anything behind", async () => {
    await using bench = await createRealBench(engine);
    const tasks = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bench.start(taskInfo({ command: { value: `echo ${index}; exit ${index}` } })),
      ),
    );
    const ends = await Promise.all(tasks.map(({ run }) => run.terminated));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(tasks.map((_, index) => index));
    expect(await Promise.all(tasks.map((task) => task.log("stdout")))).toEqual(tasks.map((_, index) => `${index}\n`));
    await Promise.all(tasks.map(({ run }) => run.destroy()));
    expect(await Promise.all(tasks.map((task) => bench.containerCount(task)))).toEqual(tasks.map(() => 0));
  });
});
