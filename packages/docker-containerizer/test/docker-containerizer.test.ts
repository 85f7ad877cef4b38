import type { ContainerConfig, LaunchProgress } from "@berth/containerizer";
import { createDockerContainerizer, type DockerContainerizerDeps } from "@berth/docker-containerizer";
import type { EnsureImageRequest } from "@berth/image-puller";
import type { FetchRequest } from "@berth/fetcher";
import { describe, expect, it } from "vitest";
import { ScriptedExecutor } from "./scripted-executor.ts";

const id = { value: "6f1c2b0e-0000-4000-8000-000000000001" };
const megabyte = 1024 * 1024;

const config: ContainerConfig = {
  agentId: "agent-S0",
  frameworkId: "framework-0000",
  executorId: "task",
  taskInfo: { name: "task", container: { type: "DOCKER", docker: { image: "app:1", forcePullImage: true } } },
  commandInfo: { uris: [{ value: "file.txt" }] },
  containerInfo: { type: "DOCKER", docker: { image: "app:1", forcePullImage: true } },
  resources: [{ name: "mem", type: "SCALAR", scalar: { value: 64 } }],
  directory: "/sandbox",
  owner: { name: "ann", uid: 1001, gid: 100 },
  environment: {},
  taskKillingState: true,
  frameworksHome: "/home",
};

/** Waits until `signal` ends it, as a hanging server makes us. */
function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

function world(overrides: Partial<DockerContainerizerDeps> = {}) {
  const log: string[] = [];
  const fetches: FetchRequest[] = [];
  const pulls: EnsureImageRequest[] = [];
  const updates: object[] = [];
  const executor = new ScriptedExecutor();
  const containerizer = createDockerContainerizer(
    {
      executor,
      fetcher: {
        fetch: (request) => {
          log.push("fetch");
          fetches.push(request);
          return Promise.resolve([]);
        },
      },
      puller: {
        ensure: (request) => {
          log.push("pull");
          pulls.push(request);
          const config = { entrypoint: [], command: [], environment: [], user: "", volumes: [] };
          return Promise.resolve({
            reference: "app:1",
            imageId: "sha256:1",
            config,
            pulled: true,
            credentialSource: "none",
          });
        },
      },
      engine: { containers: { update: (_, body) => Promise.resolve(void updates.push(body)) } },
      cgroups: {
        locate: () => Promise.resolve({ version: 2, unified: "/sys/fs/cgroup/x" }),
        usage: () => Promise.resolve({ memAnonBytes: 10 * megabyte, cpusUserTimeSecs: 1 }),
      },
      ...overrides,
    },
    { now: () => 2_000 },
  );
  return { containerizer, executor, log, fetches, pulls, updates };
}

describe("the Docker containerizer", () => {
  it("fetches before it pulls, for the task's user, and then creates from what was pulled", async () => {
    const { containerizer, executor, log, fetches, pulls } = world();
    expect(await containerizer.launch(id, config)).toBe("launched");
    expect(log).toEqual(["fetch", "pull"]);
    expect(fetches[0]).toMatchObject({
      containerId: id.value,
      user: config.owner,
      frameworksHome: "/home",
      sandboxDirectory: "/sandbox",
    });
    expect(pulls[0]).toMatchObject({ image: "app:1", forcePull: true, sandboxDirectory: "/sandbox" });
    expect(executor.images).toEqual(["app:1"]);
    expect(executor.launches[0]).toMatchObject({ owner: config.owner, containerId: id.value, executorId: "task" });
  });

  it.each([
    {
      parameters: { platform: "linux/arm64", pull: "missing" },
      pulled: [{ platform: "linux/arm64", forcePull: false }],
    },
    { parameters: { platform: undefined, pull: "always" }, pulled: [{ forcePull: true }] },
    { parameters: { platform: undefined, pull: "never" }, pulled: [] },
  ] as const)("does with the image what the parameters say: $parameters", async ({ parameters, pulled }) => {
    const { containerizer, executor, pulls } = world();
    executor.parameters = parameters;
    await containerizer.launch(id, config);
    expect(pulls).toMatchObject(pulled);
    expect(pulls.length).toBe(pulled.length);
  });

  it("tells progress by phase", async () => {
    const seen: LaunchProgress[] = [];
    const { containerizer, fetches, pulls } = world();
    const launching = containerizer.launch(id, config, { onProgress: (progress) => seen.push(progress) });
    await launching;
    fetches[0]?.onProgress?.({ kind: "extracting", uri: "file.txt" });
    pulls[0]?.onProgress?.({ kind: "pulling", image: "app:1" });
    expect(seen.map(({ phase }) => phase)).toEqual(["fetching", "pulling"]);
  });

  it("a failed fetch is the launch's failure, and nothing is pulled", async () => {
    const { containerizer, log } = world({
      fetcher: { fetch: () => Promise.reject(new Error("some error from fetch")) },
    });
    const launching = containerizer.launch(id, config);
    const waiting = containerizer.wait(id);
    await expect(launching).rejects.toMatchObject({
      code: "launch-failed",
      message: "Failed to launch container: some error from fetch",
    });
    expect(await waiting).toMatchObject({ state: "TASK_FAILED" });
    expect(log).toEqual([]);
    expect(await containerizer.containers()).toEqual([]);
  });

  it.each([
    {
      during: "fetching",
      message: "Container destroyed while fetching",
      deps: { fetcher: { fetch: ({ signal }: FetchRequest) => hang(signal) } },
    },
    {
      during: "pulling",
      message: "Container destroyed while pulling image",
      deps: { puller: { ensure: ({ signal }: EnsureImageRequest) => hang(signal) } },
    },
  ])("a destroy while $during aborts it at once", async ({ message, deps }) => {
    const { containerizer } = world(deps);
    const started = Promise.withResolvers<void>();
    const launching = containerizer.launch(id, config, { onTaskStatus: () => started.resolve() });
    await started.promise;
    const failed = launching.catch((error: unknown) => error);
    expect(await containerizer.destroy(id)).toMatchObject({ message });
    expect(await failed).toMatchObject({ code: "destroyed" });
    expect(await containerizer.wait(id)).toBeUndefined();
  });

  it("tells the networks and the process in the status", async () => {
    const { containerizer } = world();
    await containerizer.launch(id, config);
    expect(await containerizer.status(id)).toEqual({
      containerId: id,
      executorPid: 4242,
      networkInfos: [{ name: "net" }],
    });
  });

  it("measures from cgroup files, against the resources of the last update", async () => {
    const { containerizer, updates } = world();
    await containerizer.launch(id, config);
    await containerizer.update(id, [{ name: "mem", type: "SCALAR", scalar: { value: 128 } }]);
    expect(updates).toEqual([
      { Memory: 128 * megabyte, MemorySwap: 256 * megabyte, MemoryReservation: 128 * megabyte },
    ]);
    const usage = await containerizer.usage(id);
    expect(usage).toMatchObject({ timestamp: 2, cpusUserTimeSecs: 1, memLimitBytes: BigInt(128 * megabyte) });
  });

  it("does not take a memory limit for lowered that an update has left as it was", async () => {
    const { containerizer, executor, updates } = world({
      cgroups: {
        locate: () => Promise.resolve({ version: 2, unified: "/sys/fs/cgroup/x" }),
        usage: () => Promise.resolve({ memAnonBytes: 150 * megabyte }),
      },
    });
    executor.memoryBytes = 256 * megabyte;
    await containerizer.launch(id, config);
    const mem = (value: number) => [{ name: "mem", type: "SCALAR", scalar: { value } }] as const;
    await containerizer.update(id, mem(64));
    // More than 64, but less than is in use: it would be killed.
    await containerizer.update(id, mem(128));
    await containerizer.update(id, mem(200));
    expect(updates).toEqual([
      { MemoryReservation: 64 * megabyte },
      { MemoryReservation: 128 * megabyte },
      { MemoryReservation: 200 * megabyte, Memory: 200 * megabyte, MemorySwap: 400 * megabyte },
    ]);
  });

  it("sends an update to the engine when the one before has been answered", async () => {
    const slow = Promise.withResolvers<void>();
    const asked: object[] = [];
    const answered: object[] = [];
    const { containerizer } = world({
      engine: {
        containers: {
          update: async (_, body) => {
            asked.push(body);
            if (asked.length === 1) await slow.promise;
            answered.push(body);
          },
        },
      },
    });
    await containerizer.launch(id, config);
    const cpus = (value: number) => [{ name: "cpus", type: "SCALAR", scalar: { value } }] as const;
    const first = containerizer.update(id, cpus(1));
    await expect.poll(() => asked.length).toBe(1);
    const second = containerizer.update(id, cpus(2));
    // The second has all the time that it would need to overtake.
    await new Promise((resolve) => setImmediate(resolve));
    slow.resolve();
    await Promise.all([first, second]);
    expect(answered).toEqual([{ CpuShares: 1024 }, { CpuShares: 2048 }]);
  });

  it("applies an update that came before the container ran, once it runs", async () => {
    const fetched = Promise.withResolvers<[]>();
    const { containerizer, updates } = world({ fetcher: { fetch: () => fetched.promise } });
    const launching = containerizer.launch(id, config);
    await containerizer.update(id, [{ name: "mem", type: "SCALAR", scalar: { value: 128 } }]);
    expect(updates).toEqual([]);
    fetched.resolve([]);
    await launching;
    await expect
      .poll(() => updates)
      .toEqual([{ Memory: 128 * megabyte, MemorySwap: 256 * megabyte, MemoryReservation: 128 * megabyte }]);
  });

  it("says when the group has gone", async () => {
    const { containerizer } = world({
      cgroups: { locate: () => Promise.resolve(undefined), usage: () => Promise.resolve(undefined) },
    });
    await containerizer.launch(id, config);
    await expect(containerizer.usage(id)).rejects.toMatchObject({ code: "not-running" });
  });

  it("an update that the engine refuses is told with its words", async () => {
    const { containerizer } = world({
      engine: { containers: { update: () => Promise.reject(new Error("no such device")) } },
    });
    await containerizer.launch(id, config);
    const update = containerizer.update(id, [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }]);
    await expect(update).rejects.toMatchObject({
      code: "update-failed",
      message: expect.stringContaining("no such device"),
    });
  });

  it("leaves other containers to others, and refuses what it cannot run yet", async () => {
    const { containerizer } = world();
    expect(await containerizer.launch(id, { ...config, containerInfo: { type: "MESOS" } })).toBe("not-supported");
    expect(await containerizer.launch(id, { ...config, containerInfo: undefined })).toBe("not-supported");
    await expect(containerizer.launch(id, { ...config, taskInfo: undefined })).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(containerizer.launch({ value: "n", parent: id }, config)).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(containerizer.recover([{ containerId: id, config }])).rejects.toMatchObject({ code: "unsupported" });
    await containerizer.recover([{ containerId: id, config: { ...config, containerInfo: { type: "MESOS" } } }]);
  });
});
