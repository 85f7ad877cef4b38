import { mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import type { CommandInfo } from "@berth/proto/v1";
import { engineRequest, ensureTestImage, findEngine } from "@berth/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createRealBench } from "./real-bench.ts";
import { scalar, taskInfo } from "./task-fixtures.ts";

const engine = await findEngine();
const withCmd = "berth-test-docker-executor-cmd:1";
const withEntrypoint = "berth-test-docker-executor-entrypoint:1";
const plain = "berth-test/busybox:1";

const inImage = (image: string) => ({ type: "DOCKER" as const, docker: { image } });

describe.skipIf(engine === undefined)("seed cases on a real engine", () => {
  beforeAll(async () => {
    if (engine === undefined) return;
    await ensureTestImage(engine.socketPath, { ref: withCmd, changes: [`CMD ["echo", "default", "cmd"]`] });
    await ensureTestImage(engine.socketPath, {
      ref: withEntrypoint,
      changes: [`ENTRYPOINT ["echo", "entry"]`, `VOLUME /v`],
    });
    return async () => {
      for (const image of [withCmd, withEntrypoint])
        await engineRequest(engine.socketPath, "DELETE", `/images/${image}?force=1`);
    };
  });

  const rows: readonly [what: string, image: string, command: CommandInfo, stdout: string][] = [
    ["the image's CMD", withCmd, { shell: false }, "default cmd\n"],
    ["a CMD of its own", withCmd, { shell: false, value: "echo", arguments: ["own", "cmd"] }, "own cmd\n"],
    [
      "the image's ENTRYPOINT with arguments",
      withEntrypoint,
      { shell: false, arguments: ["a b", "c"] },
      "entry a b c\n",
    ],
    ["the image's ENTRYPOINT with a value", withEntrypoint, { shell: false, value: "v" }, "entry v\n"],
    [
      "a shell in place of ENTRYPOINT",
      withEntrypoint,
      { shell: true, value: "echo shell $MESOS_SANDBOX" },
      "shell /mnt/mesos/sandbox\n",
    ],
  ];
  it.each(rows)("%s", async (_what, image, command, stdout) => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command, container: inImage(image) }));
    expect((await task.run.terminated).exitCode).toBe(0);
    expect(await task.log("stdout")).toBe(stdout);
  });

  it("removes the anonymous volumes of the image with the container", async () => {
    if (engine === undefined) return;
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command: { value: "sleep 100" }, container: inImage(withEntrypoint) }));
    await task.run.launched;
    const { Mounts } = await bench.inspect(task);
    const volume = Mounts.find(({ Type }) => Type === "volume")?.Name ?? "";
    expect(volume).toMatch(/^[0-9a-f]{64}$/);
    await task.run.destroy();
    expect((await engineRequest(engine.socketPath, "GET", `/volumes/${volume}`)).status).toBe(404);
  });

  it("mounts folders of the sandbox, made when they are missing", async () => {
    await using bench = await createRealBench(engine);
    const volumes = [
      { mode: "RW" as const, containerPath: "/one", hostPath: "deep/one" },
      {
        mode: "RO" as const,
        containerPath: "two",
        source: { type: "SANDBOX_PATH" as const, sandboxPath: { path: "two" } },
      },
    ];
    const command = { value: "echo x > /one/file; echo x > /mnt/mesos/sandbox/two/file" };
    const task = await bench.start(taskInfo({ command, container: { ...inImage(plain), volumes } }));
    expect((await task.run.terminated).exitCode).not.toBe(0);
    expect(await readFile(path.join(task.launch.sandboxDirectory, "deep/one/file"), "utf8")).toBe("x\n");
    expect(await task.log("stderr")).toMatch(/read-only file system/i);
  });

  it("does not follow a link out of the sandbox", async () => {
    await using bench = await createRealBench(engine);
    const sandboxDirectory = await bench.sandbox();
    await symlink("/etc", path.join(sandboxDirectory, "link"));
    const volumes = [{ mode: "RW" as const, containerPath: "/stolen", hostPath: "link" }];
    const task = await bench.start(taskInfo({ container: { ...inImage(plain), volumes } }), { sandboxDirectory });
    const { status } = await task.run.terminated;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
    expect(status.message).toMatch(/leads out of the sandbox: .*link is a link to \/etc/);
    expect(await bench.containerCount(task)).toBe(0);
  });

  it("does not take a link for a sandbox", async () => {
    await using bench = await createRealBench(engine);
    const parent = await bench.sandbox();
    await mkdir(path.join(parent, "real"));
    await symlink("real", path.join(parent, "sandbox"));
    const task = await bench.start(taskInfo(), { sandboxDirectory: path.join(parent, "sandbox") });
    expect((await task.run.terminated).status.message).toMatch(/is not a folder but a link/);
  });

  it("mounts a Docker volume with its driver's options", async () => {
    if (engine === undefined) return;
    const name = "berth-test-docker-executor-volume";
    onTestFinished(() => engineRequest(engine.socketPath, "DELETE", `/volumes/${name}`).then(() => undefined));
    await using bench = await createRealBench(engine);
    const parameter = [
      { key: "type", value: "tmpfs" },
      { key: "device", value: "tmpfs" },
      { key: "o", value: "size=1m" },
    ];
    const dockerVolume = { name, driver: "local", driverOptions: { parameter } };
    const volumes = [
      { mode: "RW" as const, containerPath: "/v", source: { type: "DOCKER_VOLUME" as const, dockerVolume } },
    ];
    const command = { value: "df /v | tail -n 1 | awk '{print $1, $2}'" };
    const task = await bench.start(taskInfo({ command, container: { ...inImage(plain), volumes } }));
    expect((await task.run.terminated).exitCode).toBe(0);
    expect(await task.log("stdout")).toBe("tmpfs 1024\n");
  });

  it("holds the container to its resources", async () => {
    await using bench = await createRealBench(engine);
    const resources = [scalar("cpus", 0.5), scalar("mem", 48)];
    const task = await bench.start(
      taskInfo({ resources, limits: { cpus: { value: 1 }, mem: { value: 96 } }, command: { value: "sleep 100" } }),
    );
    await task.run.launched;
    expect((await bench.inspect(task)).HostConfig).toMatchObject({
      CpuShares: 512,
      CpuQuota: 100_000,
      Memory: 96 * 1024 * 1024,
      MemoryReservation: 48 * 1024 * 1024,
    });
  });

  it("keeps a stopped container for its delay, and no more than allowed", async () => {
    await using bench = await createRealBench(engine, { removeDelayMs: 3_600_000, maxStopped: 1 });
    const first = await bench.start(taskInfo({ command: { value: "true" } }));
    await first.run.terminated;
    expect(await bench.containerCount(first)).toBe(1);
    const second = await bench.start(taskInfo({ command: { value: "true" } }));
    await second.run.terminated;
    await expect.poll(() => bench.containerCount(first), { timeout: 20_000 }).toBe(0);
    expect(await bench.containerCount(second)).toBe(1);
    await bench.executor.close({ removeNow: true });
    expect(await bench.containerCount(second)).toBe(0);
  });

  it("takes up a container of the same launch that has ended meanwhile, and does not run it again", async () => {
    await using first = await createRealBench(engine, { removeDelayMs: 3_600_000 });
    await using second = await createRealBench(engine);
    const one = await first.start(taskInfo({ command: { value: "echo once >> $MESOS_SANDBOX/runs; exit 5" } }));
    await one.run.terminated;
    const two = await second.start(one.launch.task, one.launch);
    expect((await two.run.terminated).exitCode).toBe(5);
    expect(two.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
    expect(await readFile(path.join(one.launch.sandboxDirectory, "runs"), "utf8")).toBe("once\n");
  });

  it("takes up a running container of the same launch", async () => {
    await using first = await createRealBench(engine);
    await using second = await createRealBench(engine);
    const one = await first.start(taskInfo({ command: { value: "sleep 0.5; exit 5" } }));
    const { engineContainerId } = await one.run.launched;
    const two = await second.start(one.launch.task, one.launch);
    expect((await two.run.launched).engineContainerId).toBe(engineContainerId);
    expect((await two.run.terminated).exitCode).toBe(5);
  });
});
