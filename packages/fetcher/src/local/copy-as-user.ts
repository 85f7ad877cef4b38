import { setTimeout as delay } from "node:timers/promises";
import { FetchError } from "../errors.ts";
import { type Identity, startAs } from "../run-as.ts";
import { StallWatch } from "../stall-watch.ts";
import { ensureError } from "../system-error.ts";
import type { Transfer } from "../transfer.ts";

const isDirectory = 41;
const isSpecial = 43;

// The shell only names what is there; that `cat` may read it is decided by the kernel, for the user it runs as, when it opens it.
const script = `
if [ -d "$1" ]; then exit ${isDirectory}; fi
if [ -e "$1" ] && [ ! -f "$1" ]; then exit ${isSpecial}; fi
exec cat -- "$1"
`;

export interface CopyAsUserOptions {
  readonly path: string;
  readonly identity: Identity;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stallTimeoutMs: number;
  readonly progressIntervalMs: number;
}

/**
 * Copies a local file with the rights of the task's user, in a child process with that identity: the kernel alone knows all rules
 * (modes, groups, ACLs, root-squashed mounts, security modules), and checks them at the open, so there is no moment between check and use.
 * Only the open target file is handed to the child.
 */
export async function copyAsUser(options: CopyAsUserOptions, transfer: Transfer): Promise<number> {
  const stop = new AbortController();
  const signal = AbortSignal.any([transfer.signal, stop.signal]);
  transfer.onStart(undefined);
  const { ended } = startAs({
    program: "/bin/sh",
    args: ["-c", script, "berth-fetch", options.path],
    environment: { PATH: options.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
    runAs: options.identity,
    cwd: "/",
    stdio: ["ignore", transfer.file.fd, "pipe"],
    signal,
  });
  let stalled = false;
  using watch = new StallWatch(options.stallTimeoutMs, () => {
    stalled = true;
    stop.abort();
  });
  let receivedBytes = 0;
  let failure: Error | undefined;
  const look = async () => {
    const { size } = await transfer.file.stat();
    watch.received(size - receivedBytes);
    receivedBytes = size;
    transfer.onBytes(size, undefined);
  };
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      await delay(options.progressIntervalMs, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) await look();
    }
  })().catch((error: unknown) => {
    failure = ensureError(error);
    stop.abort();
  });
  const result = await ended.finally(() => over.abort());
  await looking;
  transfer.signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (stalled) throw new FetchError("stalled", `nothing came from the file for ${options.stallTimeoutMs} ms`);
  if (result.exitCode !== 0) throw faultOf(result.exitCode, result.stderr, options.path);
  await look();
  return receivedBytes;
}

function faultOf(exitCode: number | undefined, stderr: string, path: string): FetchError {
  if (exitCode === isDirectory)
    return new FetchError("unsupported", "the source is a directory; only files can be fetched");
  if (exitCode === isSpecial) return new FetchError("unsupported", "the source is not a regular file");
  if (/permission denied/i.test(stderr)) return new FetchError("permission", `the task's user may not read '${path}'`);
  if (/no such file|not a directory/i.test(stderr)) return new FetchError("not-found", `there is no file '${path}'`);
  if (/no space left|quota exceeded/i.test(stderr)) return new FetchError("no-space", "no space left on the device");
  return new FetchError("io", stderr === "" ? `the copy ended with status ${exitCode ?? "unknown"}` : stderr);
}
