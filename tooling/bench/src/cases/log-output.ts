import { spawn } from "node:child_process";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngineClient, type EngineClient } from "@berth/engine-client";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { interleave } from "../interleave.ts";
import { type BenchResult, single } from "../result.ts";

const lineCount = 4_000_000;
const outputBytes = lineCount * 64;
const script = `yes 012345678901234567890123456789012345678901234567890123456789012 | head -n ${lineCount}`;

/** 256 MB of a container's output into a sandbox file, against `docker logs -f > file`, both with the engine's `local` driver. */
export async function logOutput(socketPath: string, image: string): Promise<readonly BenchResult[]> {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  const logs = createSandboxLogs(engine);
  const growths: number[] = [];
  const megabytesPerSecond = (bytes: number, begin: number) => bytes / 1e6 / ((performance.now() - begin) / 1000);
  const ours = () =>
    withContainer(engine, image, logs.engineLogConfig.Config, async (id, folder) => {
      const session = await logs.open({ engineContainerId: id, sandboxDirectory: folder, tty: false });
      await session.attach();
      const before = process.memoryUsage().rss;
      let peak = before;
      const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
      const begin = performance.now();
      await engine.containers.start(id);
      await engine.containers.wait(id);
      const { stdoutBytes, outcome } = await session.settle();
      const speed = megabytesPerSecond(stdoutBytes, begin);
      clearInterval(sampler);
      growths.push((peak - before) / 1e6);
      if (stdoutBytes !== outputBytes || outcome !== "live") throw new Error(`${stdoutBytes} bytes, ${outcome}`);
      return speed;
    });
  // The follower's copy must not rotate: it loses what rotates away under it.
  const reference = () =>
    withContainer(engine, image, { "max-size": "2g", compress: "false" }, async (id, folder) => {
      const file = await open(path.join(folder, "stdout"), "w");
      try {
        const begin = performance.now();
        await engine.containers.start(id);
        const follower = spawn("docker", ["logs", "-f", id], {
          env: { ...process.env, DOCKER_HOST: engine.endpoint },
          stdio: ["ignore", file.fd, "ignore"],
        });
        await new Promise((resolve) => follower.once("exit", resolve));
        return megabytesPerSecond((await stat(path.join(folder, "stdout"))).size, begin);
      } finally {
        await file.close();
      }
    });
  try {
    const speed = await interleave({
      name: "256 MB of output into the sandbox, against docker logs -f > file",
      unit: "MB/s",
      pairs: 3,
      aim: ">= 2.5",
      ours,
      reference,
    });
    return [speed, single("memory growth meanwhile, at most", "MB", Math.max(...growths), growths.length, "< 64")];
  } finally {
    await engine.close();
  }
}

async function withContainer<T>(
  engine: EngineClient,
  image: string,
  logOptions: Readonly<Record<string, string>>,
  work: (id: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-logs-"));
  const { id } = await engine.containers.create({
    Image: image,
    Cmd: ["sh", "-c", script],
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { NetworkMode: "none", LogConfig: { Type: "local", Config: { ...logOptions } } },
  });
  try {
    return await work(id, folder);
  } finally {
    await engine.containers.remove(id, { force: true });
    await rm(folder, { recursive: true });
  }
}
