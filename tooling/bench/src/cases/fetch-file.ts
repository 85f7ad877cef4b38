import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createFetcher } from "@berth/fetcher";
import { interleave } from "../interleave.ts";
import type { BenchResult } from "../result.ts";

const exec = promisify(execFile);
const sizeBytes = 1024 ** 3;

/** 1 GiB over loopback from a server in another process (busybox httpd, which sends files by sendfile), against curl. */
export async function fetchFile(): Promise<readonly BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-fetch-"));
  const served = path.join(folder, "served");
  await mkdir(served);
  // Real blocks rather than a hole: both sides read the same page cache.
  await exec("dd", ["if=/dev/zero", `of=${served}/file`, "bs=1M", `count=${sizeBytes / 1024 ** 2}`]);
  const port = await freePort();
  const server = spawn("busybox", ["httpd", "-f", "-p", `127.0.0.1:${port}`, "-h", served], { stdio: "ignore" });
  await exec("curl", [
    "--silent",
    "--head",
    "--retry",
    "20",
    "--retry-connrefused",
    "--retry-delay",
    "1",
    `http://127.0.0.1:${port}/`,
  ]);
  const fetcher = createFetcher({ now: Date.now, random: Math.random }, { cacheDirectory: path.join(folder, "cache") });
  const url = `http://127.0.0.1:${port}/file`;
  const speed = async (target: string, work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    const seconds = (performance.now() - begin) / 1000;
    if ((await stat(target)).size !== sizeBytes) throw new Error(`${target} is not whole`);
    await rm(target);
    return sizeBytes / 1024 ** 2 / seconds;
  };
  try {
    const sandboxDirectory = path.join(folder, "sandbox");
    await mkdir(sandboxDirectory);
    const result = await interleave({
      name: "fetch 1 GiB over loopback, against curl",
      unit: "MiB/s",
      pairs: 7,
      aim: ">= 0.9",
      ours: () =>
        speed(path.join(sandboxDirectory, "file"), () =>
          fetcher.fetch({ containerId: "bench", uris: [{ value: url }], sandboxDirectory }),
        ),
      reference: () => {
        const target = path.join(folder, "by-curl");
        return speed(target, () => exec("curl", ["--silent", "--fail", "--output", target, url]));
      },
    });
    return [result];
  } finally {
    await fetcher.close();
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
