// 256 MB of container output into a sandbox file, against `docker logs -f > file` of the same engine. Interleaved runs, medians.
// node --conditions=@berth/source packages/sandbox-logs/bench/throughput.ts [runs] [megabytes]
/* oxlint-disable no-console -- a bench prints */
import { spawn } from "node:child_process";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngineClient } from "@berth/engine-client";
import { createSandboxLogs } from "../src/index.ts";

const runs = Number(process.argv[2] ?? 3);
const lineCount = Math.floor((Number(process.argv[3] ?? 256) * 1_000_000) / 64);
const expectedBytes = lineCount * 64;
const script = `yes 012345678901234567890123456789012345678901234567890123456789012 | head -n ${lineCount}`;
const client = createEngineClient({ endpoint: { kind: "unix", socketPath: "/var/run/docker.sock" } });

async function withContainer<T>(
  logConfig: { Type: string; Config: Record<string, string> },
  run: (id: string) => Promise<T>,
): Promise<T> {
  const { id } = await client.containers.create({
    Image: "berth-test/busybox:1",
    Cmd: ["sh", "-c", script],
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { NetworkMode: "none", LogConfig: logConfig },
  });
  try {
    return await run(id);
  } finally {
    await client.containers.remove(id, { force: true });
  }
}

function ours(driver: "local" | "json-file" | "none") {
  const logs = createSandboxLogs(client, { engineLog: { driver } });
  return withContainer({ Type: driver, Config: { ...logs.engineLogConfig.Config } }, async (id) => {
    const sandboxDirectory = await mkdtemp(path.join(tmpdir(), "berth-bench-sandbox-logs-"));
    try {
      const session = await logs.open({ engineContainerId: id, sandboxDirectory, tty: false });
      await session.attach();
      const before = process.memoryUsage().rss;
      let peak = before;
      const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
      const begun = performance.now();
      const cpu = process.cpuUsage();
      await client.containers.start(id);
      await client.containers.wait(id);
      const settlement = await session.settle();
      const seconds = (performance.now() - begun) / 1000;
      const used = process.cpuUsage(cpu);
      clearInterval(sampler);
      const cpuSeconds = (used.user + used.system) / 1e6;
      return { bytes: settlement.stdoutBytes, seconds, growth: peak - before, cpuSeconds, outcome: settlement.outcome };
    } finally {
      await rm(sandboxDirectory, { recursive: true });
    }
  });
}

function reference(driver: "local" | "json-file") {
  // Without a cap, as an operator without our cap would have it: with one the follower loses most of the output.
  return withContainer(
    { Type: driver, Config: driver === "local" ? { "max-size": "2g", compress: "false" } : {} },
    async (id) => {
      const directory = await mkdtemp(path.join(tmpdir(), "berth-bench-sandbox-logs-"));
      const file = await open(path.join(directory, "stdout"), "w");
      try {
        const begun = performance.now();
        await client.containers.start(id);
        const follower = spawn("docker", ["logs", "-f", id], { stdio: ["ignore", file.fd, "ignore"] });
        await new Promise((resolve) => follower.once("exit", resolve));
        return {
          seconds: (performance.now() - begun) / 1000,
          bytes: (await stat(path.join(directory, "stdout"))).size,
        };
      } finally {
        await file.close();
        await rm(directory, { recursive: true });
      }
    },
  );
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const speed = (run: { bytes: number; seconds: number }) => run.bytes / 1e6 / run.seconds;

for (const driver of ["local", "json-file"] as const) {
  const mine: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const own = await ours(driver);
    const other = await reference(driver);
    mine.push(speed(own));
    theirs.push(speed(other));
    console.log(
      `${driver}: ours ${speed(own).toFixed(1)} MB/s ${own.outcome}, ${own.bytes - expectedBytes} bytes off, rss +${(own.growth / 1e6).toFixed(0)} MB, ` +
        `cpu ${own.cpuSeconds.toFixed(1)} s; docker logs -f ${speed(other).toFixed(1)} MB/s, ${other.bytes - expectedBytes} bytes off`,
    );
  }
  console.log(`${driver}: ratio of medians ${(median(mine) / median(theirs)).toFixed(2)}`);
}
await client.close();
