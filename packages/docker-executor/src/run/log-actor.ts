import { isEngineError } from "@berth/engine-client";
import { type LogRequest, type LogSession, type SandboxLogs, SandboxLogsError } from "@berth/sandbox-logs";
import type { LifeEvent } from "../life/event.ts";

/** Holds the log session of one container. A session that could not attach is replaced by a new one. */
export class LogActor {
  readonly #logs: SandboxLogs;
  readonly #post: (event: LifeEvent) => void;
  #session: LogSession | undefined;
  #settled = false;
  #closed = false;

  constructor(logs: SandboxLogs, post: (event: LifeEvent) => void) {
    this.#logs = logs;
    this.#post = post;
  }

  async attach(request: LogRequest): Promise<void> {
    try {
      await this.#session?.abandon();
      this.#session = undefined;
      const session = await this.#logs.open(request);
      this.#session = session;
      if (this.#closed) {
        await session.abandon();
        return;
      }
      await session.attach();
      this.#post({ type: "attached" });
    } catch (error) {
      this.#post({
        type: "attach-failed",
        final: isFinal(error),
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Hints at the exit count here before an inspect has confirmed it. */
  exitExpected(): void {
    this.#session?.exitExpected();
  }

  /** Resolves when every byte is in the files, or the time is up: with why output is missing, undefined when none is. */
  async settle(budgetMs: number): Promise<string | undefined> {
    const session = this.#session;
    if (session === undefined) return undefined;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), budgetMs);
    try {
      const { outcome, why } = await session.settle({ signal: late.signal });
      this.#settled = true;
      return outcome === "incomplete" ? (why ?? "for an unknown reason") : undefined;
    } catch (error) {
      // Trouble with logs never decides how a task has ended.
      return error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of a session that was not settled. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#settled) await this.#session?.abandon();
  }
}

/** Files that cannot be opened stay so; an engine that did not answer may yet. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof SandboxLogsError) || error.code !== "attach-refused") return true;
  return !isEngineError(error.cause, "unreachable", "timeout", "server", "protocol", "aborted");
}
