import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-sandbox-logs-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A file system of so many bytes, mounted in memory (needs root). */
export async function smallDisk(sizeBytes: number): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-sandbox-logs-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "berth-test", directory]);
  onTestFinished(async () => {
    await run("umount", ["-l", directory]);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}
