import { spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { AgentError } from "../agent-error.ts";

export interface WorkDirLock {
  release(): Promise<void>;
}

const fileName = "berth-agent.lock";

/**
 * Locks a work folder for this process. The kernel holds the lock on the open file (flock), so that it ends with the process however
 * that ends, and also keeps out an agent in another container. Node has no flock: util-linux's program takes it on our own
 * descriptor, which it inherits. Rejects with AgentError `locked` or `environment`.
 */
export async function lockWorkDir(workDirectory: string, pid: number): Promise<WorkDirLock> {
  const lockFile = path.join(workDirectory, fileName);
  const file = await open(lockFile, "a+").catch((cause: Error) => {
    throw new AgentError("environment", `cannot open ${lockFile}: ${cause.message}`, { cause });
  });
  try {
    if (!(await flock(file))) {
      const owner = (await readWhole(file)).trim();
      const by = owner === "" ? "another agent" : `the agent with pid ${owner}`;
      throw new AgentError("locked", `${workDirectory} is in use by ${by}: end it, or choose another --work_dir`);
    }
    await file.truncate(0);
    await file.write(`${pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    release: async () => {
      // The file stays: who waits for it and who makes a new one would each hold a lock.
      await file.truncate(0);
      await file.close();
    },
  };
}

async function flock(file: FileHandle): Promise<boolean> {
  const child = spawn("flock", ["-x", "-n", "3"], { stdio: ["ignore", "ignore", "pipe", file.fd] });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (part: string) => (words += part));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return true;
    if (code === 1 && words === "") return false;
    throw new Error(words.trim() || `it ended with ${code}`);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("environment", `cannot lock the work folder with flock (of util-linux): ${message}`, {
      cause,
    });
  }
}

async function readWhole(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(32), position: 0 });
  return buffer.toString("utf8", 0, bytesRead);
}
