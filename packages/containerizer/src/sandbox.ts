import { chmod, chown, lstat, mkdir, realpath, rename, rm, rmdir, symlink } from "node:fs/promises";
import path from "node:path";
import { ContainerizerError } from "./errors.ts";
import { idFault } from "./id-fault.ts";

/** Which sandbox. */
export interface SandboxRequest {
  /** The agent's `--work_dir`, absolute; made when it is not there. */
  readonly workDirectory: string;
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
  /** The task's user; the agent's own when absent. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Where the sandbox of a container lies below a work folder. Source: the original's layout. */
export function sandboxPath(request: Omit<SandboxRequest, "owner">): string {
  return path.join(request.workDirectory, ...sandboxSegments(request));
}

/**
 * Makes `<work_dir>/slaves/<agent>/frameworks/<framework>/executors/<executor>/runs/<container>`, mode 0750, owned by the task's user,
 * and points `runs/latest` at it. The work folder itself may be reached through links; nothing below it may be one. Returns the
 * sandbox's real path. Rejects with ContainerizerError: `invalid-id`, `sandbox-refused`.
 */
export async function createSandbox(request: SandboxRequest): Promise<string> {
  for (const kind of ["agentId", "frameworkId", "executorId", "containerId"] as const) {
    const fault = idFault(request[kind]);
    if (fault !== undefined) {
      throw new ContainerizerError("invalid-id", `${kindNames[kind]} ${fault}`, request.containerId);
    }
  }
  try {
    return await make(request);
  } catch (cause) {
    if (cause instanceof ContainerizerError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refusal(request, `cannot make the sandbox below ${request.workDirectory}: ${message}`, cause);
  }
}

const kindNames = {
  agentId: "agent id",
  frameworkId: "framework id",
  executorId: "executor id",
  containerId: "container id",
};

async function make(request: SandboxRequest): Promise<string> {
  await mkdir(request.workDirectory, { recursive: true });
  const workDirectory = await realpath(request.workDirectory);
  const segments = sandboxSegments(request);
  const last = segments.length - 1;
  let directory = workDirectory;
  let firstMade: string | undefined;
  for (const [index, segment] of segments.entries()) {
    directory = path.join(directory, segment);
    const made = await mkdir(directory, { mode: index === last ? 0o750 : 0o755 }).then(
      () => true,
      async (error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
        return false;
      },
    );
    if (made) {
      firstMade ??= directory;
      continue;
    }
    // What was there before us could be a link that leads the task's files, and our chown, to somewhere else.
    const found = await lstat(directory);
    if (found.isSymbolicLink()) {
      throw refusal(request, `${directory} is a link; the path of a sandbox must not lead elsewhere, remove the link`);
    }
    if (!found.isDirectory()) throw refusal(request, `${directory} is not a folder; remove it`);
    if (index === last) throw refusal(request, `${directory} is there already; container ids are used once`);
  }
  try {
    await chmod(directory, 0o750); // mkdir's mode passes through the umask
    if (request.owner !== undefined) await give(request, directory, request.owner);
    await repointLatest(path.dirname(directory), request.containerId);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (firstMade !== undefined) await removeEmpty(path.dirname(directory), path.dirname(firstMade));
    throw error;
  }
  return directory;
}

/** Folders that were made for nothing: from `directory` up, as long as they are empty and below `floor`. */
async function removeEmpty(directory: string, floor: string): Promise<void> {
  for (let each = directory; each !== floor; each = path.dirname(each)) {
    // Not empty: another run has come meanwhile.
    const removed = await rmdir(each).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

async function give(request: SandboxRequest, directory: string, owner: { uid: number; gid: number }): Promise<void> {
  await chown(directory, owner.uid, owner.gid).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EPERM") throw cause;
    throw refusal(
      request,
      `cannot give the sandbox to uid ${owner.uid}: only root may; run as root, or leave the task's user out`,
      cause,
    );
  });
}

/** A rename replaces the old link in one step: whoever looks sees the old run or the new one, never nothing. */
async function repointLatest(runsDirectory: string, containerId: string): Promise<void> {
  const temporary = path.join(runsDirectory, `.latest-${containerId}`);
  await symlink(containerId, temporary);
  try {
    await rename(temporary, path.join(runsDirectory, "latest"));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function sandboxSegments(request: Omit<SandboxRequest, "owner" | "workDirectory">): readonly string[] {
  const { agentId, frameworkId, executorId, containerId } = request;
  return ["slaves", agentId, "frameworks", frameworkId, "executors", executorId, "runs", containerId];
}

function refusal(request: SandboxRequest, message: string, cause?: unknown): ContainerizerError {
  return new ContainerizerError("sandbox-refused", message, request.containerId, { cause });
}
