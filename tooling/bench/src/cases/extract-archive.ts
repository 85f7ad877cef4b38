import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createFetcher } from "@berth/fetcher";
import { interleave } from "../interleave.ts";
import type { BenchResult } from "../result.ts";

const exec = promisify(execFile);
const fileCount = 20_000;
const memoryDisk = "/dev/shm";
/** TMPFS_MAGIC of linux/magic.h. */
const tmpfsMagic = 0x01021994;
/** Well over what the tree, its archive, a cached copy and one extraction take. */
const roomBytes = 1024 ** 3;

/**
 * A tar.gz of 20,000 small files, fetched from a path and extracted, against `tar xzf`: by the system's tar, and by the library
 * alone. In memory where there is room: on a disk that is slow to make files the same tar took 1 s and 36 s, which says nothing of us.
 */
export async function extractArchive(): Promise<readonly BenchResult[]> {
  const inMemory = await hasRoom(memoryDisk);
  const where = inMemory ? "on tmpfs" : "on disk";
  const folder = await mkdtemp(path.join(inMemory ? memoryDisk : tmpdir(), "berth-bench-extract-"));
  try {
    const archive = await makeArchive(folder);
    const results: BenchResult[] = [];
    for (const [name, aim, systemTar] of [
      [`extract a tar.gz of 20,000 files ${where}, against tar`, ">= 0.6", true],
      [`the same ${where} by the library's fallback, against tar`, ">= 0.2", false],
    ] as const) {
      const fetcher = createFetcher(
        { now: Date.now, random: Math.random },
        {
          cacheDirectory: path.join(folder, "cache"),
          ...(systemTar ? {} : { environment: { PATH: "/nonexistent" } }),
        },
      );
      results.push(
        await interleave({
          name,
          unit: "files/s",
          pairs: 5,
          aim,
          ours: () =>
            speed(path.join(folder, "ours"), (sandboxDirectory) =>
              fetcher.fetch({ containerId: "bench", uris: [{ value: archive }], sandboxDirectory }),
            ),
          reference: () => speed(path.join(folder, "theirs"), (target) => exec("tar", ["-xzf", archive, "-C", target])),
        }),
      );
      await fetcher.close();
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hasRoom(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize, type } = await statfs(folder);
    return type === tmpfsMagic && bavail * bsize >= roomBytes;
  } catch {
    return false;
  }
}

async function makeArchive(folder: string): Promise<string> {
  const tree = path.join(folder, "tree");
  for (let index = 0; index < fileCount; index += 1) {
    const parent = path.join(tree, `d${index % 100}`);
    if (index < 100) await mkdir(parent, { recursive: true });
    await writeFile(path.join(parent, `f${index}`), `${index}\n`.repeat(1 + (index % 200)));
  }
  const archive = path.join(folder, "tree.tar.gz");
  await exec("tar", ["-czf", archive, "-C", tree, "."]);
  return archive;
}

async function speed(target: string, extract: (target: string) => Promise<unknown>): Promise<number> {
  await mkdir(target);
  const begin = performance.now();
  await extract(target);
  const seconds = (performance.now() - begin) / 1000;
  const last = await readdir(path.join(target, "d99"));
  if (last.length !== fileCount / 100) throw new Error("the archive is not whole");
  await rm(target, { recursive: true });
  return fileCount / seconds;
}
