import { createEngineClient } from "@berth/engine-client";
import { ensureTestImage, findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCgroupReader } from "../src/index.ts";

const engine = await findEngine();
const limitBytes = 32 * 1024 * 1024;

describe.skipIf(engine === undefined)("a container of a real engine", () => {
  const socketPath = engine?.socketPath ?? "";
  const client = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  const reader = createCgroupReader();

  async function start(name: string, script: string) {
    const { id } = await client.containers.create(
      {
        Image: await ensureTestImage(socketPath),
        Cmd: ["sh", "-c", script],
        OpenStdin: true,
        HostConfig: { Memory: limitBytes, MemorySwap: limitBytes, NetworkMode: "none" },
      },
      { name: `berth-test-cgroups-${name}-${process.pid}` },
    );
    onTestFinished(async () => void (await client.containers.remove(id, { force: true })));
    const input = await client.containers.attach(id, { stdin: true });
    onTestFinished(() => void input.destroy());
    await client.containers.start(id);
    const { State } = (await client.containers.inspect(id)).inspect;
    const location = await reader.locate(State.Pid);
    if (location === undefined) throw new Error(`no cgroup for pid ${State.Pid}`);
    return { id, pid: State.Pid, location, input };
  }

  it("has usage as long as it runs", async () => {
    const { id, pid, location } = await start("usage", "sleep 60");
    const usage = await reader.usage(location);
    expect(usage?.memTotalBytes).toBeGreaterThan(0);
    expect(usage?.memTotalBytes).toBeLessThanOrEqual(limitBytes);
    expect(usage?.cpusUserTimeSecs).toBeGreaterThanOrEqual(0);
    expect(usage?.processes).toBeGreaterThanOrEqual(1);
    expect(await reader.memoryEvidence(location)).toMatchObject({ oomKills: 0, limitBytes });
    await client.containers.kill(id);
    await client.containers.wait(id);
    expect(await reader.locate(pid)).toBeUndefined();
    expect(await reader.usage(location)).toBeUndefined();
    expect(await reader.memoryEvidence(location)).toBeUndefined();
  });

  it("has evidence of a process that its memory limit has killed", async () => {
    const { location, input } = await start("oom", "read go; tail /dev/zero; echo survived; sleep 60");
    const survived = new Promise<void>((resolve) => {
      input.on("data", (chunk: Buffer) => chunk.includes("survived") && resolve());
    });
    input.write("go\n");
    await survived;
    const evidence = await reader.memoryEvidence(location);
    expect(evidence?.oomKills).toBeGreaterThan(0);
    expect(evidence?.limitBytes).toBe(limitBytes);
    // cgroup v2 knows no peak before Linux 5.19.
    expect(evidence?.peakBytes ?? limitBytes).toBeGreaterThan(limitBytes * 0.9);
  });
});
