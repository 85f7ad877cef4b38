import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createCgroupReader } from "@berth/cgroups";
import { type ContainerConfig, createSandbox } from "@berth/containerizer";
import { type ComplianceWorld, containerizerCompliance } from "@berth/containerizer/compliance";
import { createDockerContainerizer } from "@berth/docker-containerizer";
import { createDockerExecutor } from "@berth/docker-executor";
import { createEngineClient } from "@berth/engine-client";
import { createFetcher } from "@berth/fetcher";
import { createImagePuller } from "@berth/image-puller";
import type { ContainerID, TaskInfo } from "@berth/proto/v1";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { engineRequest, ensureTestImage, findEngine, startRegistry } from "@berth/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

const found = await findEngine();
const socketPath = found?.socketPath ?? "";
const image = "berth-test-docker-containerizer/busybox:1";
const megabyte = 1024 * 1024;

beforeAll(async () => {
  if (found !== undefined) await ensureTestImage(socketPath, { ref: image });
});

interface World extends ComplianceWorld {
  readonly config: (containerId: ContainerID, shell: string, overrides?: Partial<TaskInfo>) => Promise<ContainerConfig>;
  readonly inspect: (containerId: ContainerID) => Promise<{ HostConfig: Record<string, unknown> }>;
}

/** The real parts, on an agent id of its own, so that nobody else's containers are seen. */
async function realWorld(): Promise<World> {
  const workDirectory = await mkdtemp(path.join(tmpdir(), "berth-test-docker-containerizer-"));
  const agentId = `${randomUUID()}-S0`;
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  const cgroups = createCgroupReader();
  const executor = createDockerExecutor({ engine, cgroups, logs: createSandboxLogs(engine) }, { removeDelayMs: 0 });
  const fetcher = createFetcher({ now: Date.now, random: Math.random });
  const puller = createImagePuller({ engine });
  const containerizer = createDockerContainerizer({ engine, cgroups, executor, fetcher, puller }, { now: Date.now });
  const ids = async (label: string) => {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const { text } = await engineRequest(socketPath, "GET", `/containers/json?all=1&filters=${filters}`);
    return (JSON.parse(text) as { Id: string }[]).map(({ Id }) => Id);
  };
  const of = (containerId: ContainerID) => ids(`berth.container_id=${containerId.value}`);
  const config: World["config"] = async (containerId, shell, overrides = {}) => {
    const place = { agentId, frameworkId: "framework-0000", executorId: "task", containerId: containerId.value ?? "" };
    const task: TaskInfo = {
      name: "task",
      taskId: { value: "task" },
      agentId: { value: agentId },
      command: { shell: true, value: shell },
      container: { type: "DOCKER", docker: { image, network: "NONE" } },
      resources: [
        { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
        { name: "mem", type: "SCALAR", scalar: { value: 64 } },
      ],
      ...overrides,
    };
    return {
      ...place,
      taskInfo: task,
      commandInfo: task.command ?? {},
      containerInfo: task.container,
      resources: task.resources ?? [],
      limits: task.limits,
      // The same id may be launched again in one sandbox; here it gets a folder of its own.
      directory: await createSandbox({ workDirectory: path.join(workDirectory, randomUUID()), ...place }),
      environment: {},
      taskKillingState: true,
    };
  };
  return {
    containerizer,
    config,
    running: (id) => config(id, "sleep 1000"),
    exiting: (id) => config(id, "exit 3"),
    failing: (id) =>
      config(id, "true", { container: { type: "DOCKER", docker: { image: "127.0.0.1:1/berth-test/absent:1" } } }),
    notSupported: async (id) => ({ ...(await config(id, "true")), containerInfo: { type: "MESOS" } }),
    traces: of,
    inspect: async (id) => {
      const [engineId] = await of(id);
      return JSON.parse((await engineRequest(socketPath, "GET", `/containers/${engineId}/json`)).text);
    },
    cleanup: async () => {
      await Promise.all((await containerizer.containers()).map((id) => containerizer.destroy(id)));
      await containerizer.close();
      for (const id of await ids(`berth.agent_id=${agentId}`)) {
        await engineRequest(socketPath, "DELETE", `/containers/${id}?force=true&v=true`);
      }
      await Promise.all([fetcher.close(), puller.close(), engine.close()]);
      await rm(workDirectory, { recursive: true, force: true });
    },
  };
}

describe.skipIf(found === undefined)("on a real engine", () => {
  containerizerCompliance("the Docker containerizer", { describe, it }, realWorld);

  async function setup() {
    const world = await realWorld();
    onTestFinished(world.cleanup);
    return { ...world, id: { value: randomUUID() } };
  }

  it("usage tells the time and memory that the container has used, from cgroup files", async () => {
    const { containerizer, config, id } = await setup();
    const limits = { cpus: { value: 1 }, mem: { value: 128 } };
    await containerizer.launch(id, await config(id, "while :; do :; done", { limits }));
    await expect
      .poll(async () => (await containerizer.usage(id)).cpusUserTimeSecs ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(0);
    const usage = await containerizer.usage(id);
    expect(usage).toMatchObject({
      cpusSoftLimit: 0.1,
      cpusLimit: 1,
      memSoftLimitBytes: BigInt(64 * megabyte),
      memLimitBytes: BigInt(128 * megabyte),
    });
    expect(usage.memRssBytes ?? 0n).toBeGreaterThan(0n);
  });

  it("update changes the running container, up and down", async () => {
    const { containerizer, config, inspect, id } = await setup();
    await containerizer.launch(id, await config(id, "sleep 1000"));
    const resources = (cpus: number, mem: number) =>
      [
        { name: "cpus", type: "SCALAR", scalar: { value: cpus } },
        { name: "mem", type: "SCALAR", scalar: { value: mem } },
      ] as const;
    await containerizer.update(id, resources(0.5, 256), { cpus: { value: 2 } });
    expect((await inspect(id)).HostConfig).toMatchObject({ CpuShares: 512, CpuQuota: 200_000, Memory: 256 * megabyte });
    await containerizer.update(id, resources(0.2, 48));
    expect((await inspect(id)).HostConfig).toMatchObject({ CpuShares: 204, Memory: 48 * megabyte });
    const infinite = { cpus: { value: Infinity }, mem: { value: Infinity } };
    await containerizer.update(id, resources(0.2, 48), infinite);
    expect((await inspect(id)).HostConfig).toMatchObject({
      CpuQuota: -1,
      Memory: totalmem(),
      MemoryReservation: 48 * megabyte,
    });
  });

  it("status tells the process and the networks", async () => {
    const { containerizer, config, id } = await setup();
    const container = { type: "DOCKER", docker: { image, network: "BRIDGE" } } as const;
    await containerizer.launch(id, await config(id, "sleep 1000", { container }));
    const status = await containerizer.status(id);
    expect(status.executorPid ?? 0).toBeGreaterThan(1);
    expect(status.networkInfos?.[0]?.ipAddresses?.[0]?.ipAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });

  it("destroy at any moment of a launch leaves nothing behind", async () => {
    const { containerizer, config, traces } = await setup();
    // Spread over the whole of a launch, from before the create until after the start.
    const moments = Array.from({ length: 12 }, (_, index) => index * 40);
    const left = await Promise.all(
      moments.map(async (afterMs) => {
        const id = { value: randomUUID() };
        const launching = containerizer.launch(id, await config(id, "sleep 1000")).catch(() => "destroyed");
        await delay(afterMs);
        const termination = await containerizer.destroy(id);
        await launching;
        return { afterMs, ended: termination !== undefined, traces: await traces(id) };
      }),
    );
    expect(left).toEqual(moments.map((afterMs) => ({ afterMs, ended: true, traces: [] })));
    expect(await containerizer.containers()).toEqual([]);
  });

  it("destroy while a registry does not answer ends the pull at once", async () => {
    const { containerizer, config, traces, id } = await setup();
    await using registry = await startRegistry();
    const asked = Promise.withResolvers<void>();
    registry.intercept = () => {
      asked.resolve();
      return true; // and never answers
    };
    const container = { type: "DOCKER", docker: { image: `${registry.host}/hangs/for-ever:1` } } as const;
    const launching = containerizer
      .launch(id, await config(id, "true", { container }))
      .catch((error: unknown) => error);
    await asked.promise;
    expect(await containerizer.destroy(id)).toMatchObject({ message: "Container destroyed while pulling image" });
    expect(await launching).toMatchObject({ code: "destroyed" });
    expect(await traces(id)).toEqual([]);
  });

  it("destroy while a server does not answer ends the fetch at once, and no part of a file stays", async () => {
    const { containerizer, config, id } = await setup();
    const asked = Promise.withResolvers<void>();
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("part", () => asked.resolve());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const command = { shell: false, uris: [{ value: `http://127.0.0.1:${port}/f.bin` }] };
    const launched = await config(id, "", { command });
    const launching = containerizer.launch(id, launched).catch((error: unknown) => error);
    await asked.promise;
    expect(await containerizer.destroy(id)).toMatchObject({ message: "Container destroyed while fetching" });
    expect(await launching).toMatchObject({ code: "destroyed" });
    expect((await readdir(launched.directory)).filter((name) => name !== "stdout" && name !== "stderr")).toEqual([]);
  });
});
