import { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Client, FTPError } from "basic-ftp";
import { FetchError } from "../errors.ts";
import type { RetryOptions } from "../fetcher-options.ts";
import { FileWriter } from "../fs/file-writer.ts";
import { RetryBudget } from "../retry-budget.ts";
import { StallWatch } from "../stall-watch.ts";
import { errnoOf } from "../system-error.ts";
import type { Transfer, TransferOutcome, Validators } from "../transfer.ts";
import { ftpTarget, type FtpTarget } from "./ftp-target.ts";

export interface FtpDeps {
  readonly random: () => number;
  readonly retry: RetryOptions;
  readonly stallTimeoutMs: number;
  readonly certificates: () => string[];
}

interface Progress {
  receivedBytes: number;
  validators: Validators | undefined;
  stalled: boolean;
}

/** A download by ftp or ftps (implicit TLS, as curl has it): tried again, and continued by REST while size and date stay the same. */
export async function downloadFtp(deps: FtpDeps, url: string, transfer: Transfer): Promise<TransferOutcome> {
  const target = ftpTarget(url);
  const budget = new RetryBudget(deps.retry, deps.random);
  const progress: Progress = { receivedBytes: 0, validators: undefined, stalled: false };
  for (;;) {
    transfer.signal.throwIfAborted();
    try {
      return await attempt(deps, target, progress, transfer);
    } catch (error) {
      transfer.signal.throwIfAborted();
      if (error instanceof OwnFailure) throw error.cause;
      const fault = faultOf(deps, error, progress, transfer);
      const delayMs = isFinal(error)
        ? undefined
        : budget.next(progress.receivedBytes, { onlyAfterProgress: progress.stalled });
      if (delayMs === undefined) throw fault;
      transfer.onRetry(budget.attempts, delayMs, fault.reason);
      await delay(delayMs, undefined, { signal: transfer.signal });
    }
  }
}

/** What the file or a callback threw, as opposed to the server. */
class OwnFailure extends Error {}

async function attempt(
  deps: FtpDeps,
  target: FtpTarget,
  progress: Progress,
  transfer: Transfer,
): Promise<TransferOutcome> {
  const client = new Client(0);
  progress.stalled = false;
  using watch = new StallWatch(deps.stallTimeoutMs, () => {
    progress.stalled = true;
    client.close();
  });
  const close = () => client.close();
  transfer.signal.addEventListener("abort", close, { once: true });
  try {
    await client.access({
      host: target.host,
      port: target.port,
      user: target.user,
      password: target.password,
      secure: target.secure ? "implicit" : false,
      ...(target.secure && { secureOptions: { host: target.host, servername: target.host, ca: deps.certificates() } }),
    });
    const validators = await describe(client, target.path);
    const { known } = transfer;
    if (known?.lastModified !== undefined && same(known, validators)) return { kind: "unchanged" };
    const resumes =
      progress.receivedBytes > 0 && validators.lastModified !== undefined && same(progress.validators, validators);
    if (!resumes) progress.receivedBytes = 0;
    progress.validators = validators;
    await receive(client, target.path, progress, transfer, watch);
    const { sizeBytes } = validators;
    if (sizeBytes !== undefined && sizeBytes !== progress.receivedBytes) {
      throw new Error(`the server sent ${progress.receivedBytes} of ${sizeBytes} bytes`);
    }
    return {
      kind: "fetched",
      sizeBytes: progress.receivedBytes,
      validators: { ...validators, sizeBytes: progress.receivedBytes },
    };
  } finally {
    transfer.signal.removeEventListener("abort", close);
    client.close();
  }
}

async function receive(
  client: Client,
  path: string,
  progress: Progress,
  transfer: Transfer,
  watch: StallWatch,
): Promise<void> {
  const totalBytes = progress.validators?.sizeBytes;
  let resume: (() => void) | undefined;
  const writer = new FileWriter(transfer.file, progress.receivedBytes, () => {
    watch.hold(false);
    resume?.();
    resume = undefined;
  });
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      watch.received(chunk.length);
      try {
        const roomy = writer.push(chunk);
        if (writer.failure !== undefined) throw writer.failure;
        transfer.onBytes(writer.sizeBytes, totalBytes);
        if (roomy) return done();
        watch.hold(true);
        resume = done;
      } catch (error) {
        done(new OwnFailure("", { cause: error }));
      }
    },
  });
  try {
    try {
      transfer.onStart(totalBytes);
    } catch (error) {
      throw new OwnFailure("", { cause: error });
    }
    await client.downloadTo(sink, path, progress.receivedBytes);
  } finally {
    await writer.finish().catch((error: unknown) => {
      throw new OwnFailure("", { cause: error });
    });
    progress.receivedBytes = writer.sizeBytes;
    await transfer.file.truncate(progress.receivedBytes);
  }
}

/** SIZE and MDTM; servers may know neither. */
async function describe(client: Client, path: string): Promise<Validators> {
  const sizeBytes = await optional(() => client.size(path));
  const modified = await optional(() => client.lastMod(path));
  return { sizeBytes, lastModified: modified?.toISOString() };
}

async function optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FTPError) return undefined;
    throw error;
  }
}

function same(known: Validators | undefined, current: Validators): boolean {
  return known?.lastModified === current.lastModified && known?.sizeBytes === current.sizeBytes;
}

/** A permanent negative reply: 5yz of RFC 959. */
function isFinal(error: unknown): boolean {
  return (error instanceof FTPError && error.code >= 500) || errnoOf(error) === "ENOTFOUND";
}

function faultOf(deps: FtpDeps, error: unknown, progress: Progress, transfer: Transfer): FetchError {
  const { receivedBytes } = progress;
  const total = progress.validators?.sizeBytes;
  const got = `${receivedBytes}${total === undefined ? "" : ` of ${total}`} bytes received`;
  const details = { uri: transfer.shownUri, receivedBytes, cause: error };
  if (progress.stalled) {
    return new FetchError(
      "stalled",
      `the transfer stalled: less than 1 byte/s for ${deps.stallTimeoutMs} ms, ${got}`,
      details,
    );
  }
  if (error instanceof FTPError) {
    const code = error.code === 550 ? "not-found" : error.code === 530 ? "permission" : "ftp-status";
    return new FetchError(code, `the server answered ${error.message}, ${got}`, { ...details, status: error.code });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new FetchError(receivedBytes > 0 ? "incomplete" : "connection", `${why}, ${got}`, details);
}
