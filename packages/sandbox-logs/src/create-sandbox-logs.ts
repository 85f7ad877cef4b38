import path from "node:path";
import type { ContainerCalls } from "@berth/engine-client";
import { BufferBudget } from "./buffer-budget.ts";
import { createEngineLog } from "./engine-log.ts";
import { type EngineLogOptions, engineLogConfig } from "./engine-log-config.ts";
import { ContainerLogSession } from "./log-session.ts";
import { attachSource } from "./log-source.ts";
import type { LogLimits, LogStream, SandboxLogs } from "./sandbox-logs.ts";
import { SessionLog } from "./session-log.ts";

export interface SandboxLogsOptions {
  /** Limits of every log; none by default. Without them logs grow as long as the disk lasts. */
  readonly limits?: LogLimits | undefined;
  /** The engine's own copy; 3 files of 10 MiB with driver `local` by default. */
  readonly engineLog?: EngineLogOptions | undefined;
  /** Output of one container that may wait in memory for the disk, in bytes; default 4 MiB. Beyond it the container is held back. */
  readonly sessionBufferBytes?: number | undefined;
  /** The same for all containers together; default 48 MiB. */
  readonly totalBufferBytes?: number | undefined;
  /** How long a full disk may hold a container back before output is dropped and counted; default 2000. */
  readonly diskFullHoldMs?: number | undefined;
  /** Time between tries to write to a full disk; default 200. */
  readonly diskRetryMs?: number | undefined;
  /** How long after an orderly end of the stream the first word of the exit may come; default 5000. */
  readonly exitGraceMs?: number | undefined;
  /** How long after the exit a stream may stay open without a byte; default 5000. */
  readonly drainIdleMs?: number | undefined;
  /** First and longest wait before a broken stream is attached again; default 100 and 5000. */
  readonly reattachMinMs?: number | undefined;
  readonly reattachMaxMs?: number | undefined;
  /** How long a note waits for the end of the task's line; default 1000. */
  readonly noteWaitMs?: number | undefined;
}

/** The calls that logs need of the engine. */
export interface LogEngine {
  readonly containers: Pick<ContainerCalls, "attach" | "logs">;
}

export function createSandboxLogs(engine: LogEngine, options: SandboxLogsOptions = {}): SandboxLogs {
  const engineLogOptions = options.engineLog ?? {};
  const engineLog = createEngineLog(engine.containers, engineLogOptions);
  const budget = new BufferBudget({
    sessionBytes: options.sessionBufferBytes ?? 4 * 1024 * 1024,
    totalBytes: options.totalBufferBytes ?? 48 * 1024 * 1024,
  });
  return {
    engineLogConfig: engineLogConfig(engineLogOptions),
    async open(request) {
      let session: ContainerLogSession | undefined;
      const openLog = (stream: LogStream) =>
        SessionLog.open({
          stream,
          path: path.join(request.sandboxDirectory, stream),
          owner: request.owner,
          limits: request.limits?.[stream] ?? options.limits,
          budget,
          holdMs: options.diskFullHoldMs ?? 2000,
          retryMs: options.diskRetryMs ?? 200,
          noteWaitMs: options.noteWaitMs ?? 1000,
          onDrained: () => session?.drained(),
        });
      const stdout = await openLog("stdout");
      const stderr = await openLog("stderr").catch(async (error: unknown) => {
        await stdout.close();
        throw error;
      });
      session = new ContainerLogSession(
        { stdout, stderr },
        {
          request,
          source: attachSource(engine.containers, request.engineContainerId),
          engineLog,
          budget,
          exitGraceMs: options.exitGraceMs ?? 5000,
          drainIdleMs: options.drainIdleMs ?? 5000,
          reattachMinMs: options.reattachMinMs ?? 100,
          reattachMaxMs: options.reattachMaxMs ?? 5000,
        },
      );
      return session;
    },
  };
}
