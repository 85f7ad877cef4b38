import type { ContainerCalls } from "@berth/engine-client";
import { certainlyComplete, type EngineLogOptions, possibleDamage } from "./engine-log-config.ts";
import { FrameDecoder, type FrameSink, RawDecoder } from "./frame-decoder.ts";
import type { LogStream } from "./sandbox-logs.ts";
import type { RetainedLog } from "./seam.ts";

export type EngineLogRead =
  | { readonly ok: true; readonly stdout: RetainedLog; readonly stderr: RetainedLog }
  | { readonly ok: false; readonly why: string };

/** The engine's own copy of a container's output, as a source to fill in from. */
export interface EngineLog {
  /** Reads all that is kept, without following. Never rejects. */
  read(engineContainerId: string, options: { tty: boolean; signal: AbortSignal }): Promise<EngineLogRead>;
}

/** At most this many logs are in memory at once, however many streams an engine restart breaks. */
const concurrentReads = 2;
/** An engine that stops in the middle must not keep a task's end waiting for ever. */
const silenceMs = 10_000;

export function createEngineLog(containers: Pick<ContainerCalls, "logs">, options: EngineLogOptions): EngineLog {
  let free = concurrentReads;
  const waiting: (() => void)[] = [];
  return {
    async read(engineContainerId, { tty, signal }) {
      if (options.driver === "none") return { ok: false, why: "the engine keeps no log of its own (driver none)" };
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await readAll(containers, engineContainerId, { tty, signal }, options);
      } catch (error) {
        return {
          ok: false,
          why: `the engine's log cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        };
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

async function readAll(
  containers: Pick<ContainerCalls, "logs">,
  engineContainerId: string,
  { tty, signal }: { tty: boolean; signal: AbortSignal },
  options: EngineLogOptions,
): Promise<EngineLogRead> {
  const body = await containers.logs(engineContainerId, { follow: false, stdout: true, stderr: true }, { signal });
  const parts: Record<LogStream, Buffer[]> = { stdout: [], stderr: [] };
  let entries = 0;
  const sink: FrameSink = {
    data(stream, chunk, start, end) {
      entries += 1;
      parts[stream].push(chunk.subarray(start, end));
    },
  };
  const decoder = tty ? new RawDecoder(sink) : new FrameDecoder(sink);
  const silence = setTimeout(() => body.destroy(new Error(`silent for ${silenceMs} ms`)), silenceMs);
  try {
    for await (const chunk of body) {
      silence.refresh();
      const fault = decoder.push(chunk as Buffer);
      if (fault?.kind === "engine-error") return { ok: false, why: `the engine cannot read its log: ${fault.message}` };
      if (fault !== undefined) return { ok: false, why: `the engine's log is not well-formed at byte ${fault.offset}` };
    }
  } finally {
    clearTimeout(silence);
    body.destroy();
  }
  if (!decoder.atBoundary) return { ok: false, why: "the engine's log was cut off while it was read" };
  const stdout = Buffer.concat(parts.stdout);
  const stderr = Buffer.concat(parts.stderr);
  // A terminal's output comes without frames: every line is an entry.
  if (tty) for (let at = stdout.indexOf(0x0a); at >= 0; at = stdout.indexOf(0x0a, at + 1)) entries += 1;
  const allKept = certainlyComplete(stdout.length + stderr.length, entries, options);
  const retained = (bytes: Buffer): RetainedLog => ({
    bytes,
    complete: allKept && possibleDamage(bytes, options) === undefined,
    damage: (from, to) => possibleDamage(bytes.subarray(from, to), options),
  });
  return { ok: true, stdout: retained(stdout), stderr: retained(stderr) };
}
