import { statfs } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import type { HostCapacity } from "@berth/resources";

/** What this machine has, whatever of it is in use. */
export async function hostCapacity(workDirectory: string): Promise<HostCapacity> {
  const { blocks, bsize } = await statfs(workDirectory);
  return { cpus: cpus().length, memoryBytes: totalmem(), workDirectoryDiskBytes: blocks * bsize };
}
