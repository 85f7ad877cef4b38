import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { isEngineError } from "@berth/engine-client";
import type { BufferBudget } from "./buffer-budget.ts";
import type { EngineLog } from "./engine-log.ts";
import { SandboxLogsError } from "./errors.ts";
import { JoinBuffer } from "./join-buffer.ts";
import { LiveStream } from "./live-stream.ts";
import { type LiveEffect, type LiveEvent, type LiveState, transition } from "./live-state.ts";
import type { LogSource } from "./log-source.ts";
import { planCompletion, planJoin, type StreamPlan } from "./plan-join.ts";
import type { LogPosition, LogRequest, LogSession, LogSettlement, LogStream } from "./sandbox-logs.ts";
import type { SessionLog } from "./session-log.ts";

export interface LogSessionTimes {
  readonly exitGraceMs: number;
  readonly drainIdleMs: number;
  readonly reattachMinMs: number;
  readonly reattachMaxMs: number;
}

export interface LogSessionParts extends LogSessionTimes {
  readonly request: LogRequest;
  readonly source: LogSource;
  readonly engineLog: EngineLog;
  readonly budget: BufferBudget;
}

const streams: readonly LogStream[] = ["stdout", "stderr"];
const joinTries = 3;
const joinPauseMs = 150;
const brokenDrainIdleMs = 300;
/** What an engine under load may need to confirm an exit that it has hinted at. */
const expectedExitMs = 60_000;

/** Runs what `transition` decides for one container. */
export class ContainerLogSession implements LogSession {
  readonly #parts: LogSessionParts;
  readonly #logs: Readonly<Record<LogStream, SessionLog>>;
  readonly #ended = new AbortController();
  readonly #settled = Promise.withResolvers<LogSettlement>();
  #state: LiveState = { at: "idle" };
  #live: LiveStream | undefined;
  #join: JoinBuffer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #exitExpected = false;

  constructor(logs: Readonly<Record<LogStream, SessionLog>>, parts: LogSessionParts) {
    this.#logs = logs;
    this.#parts = parts;
  }

  async attach(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const id = this.#parts.request.engineContainerId;
    if (this.#state.at !== "idle") throw new Error(`attach was called twice for container ${id}`);
    // The caller's signal ends the call, not the stream that it led to.
    const call = new AbortController();
    const abort = () => call.abort(options.signal?.reason);
    if (options.signal?.aborted === true) abort();
    options.signal?.addEventListener("abort", abort, { once: true });
    this.#ended.signal.addEventListener("abort", abort, { once: true });
    try {
      const stream = await this.#parts.source.connect({ signal: call.signal });
      if (this.#state.at !== "idle" || this.#closing !== undefined) {
        stream.destroy();
        return;
      }
      this.#listen(stream);
      this.#dispatch({ type: "attached" });
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new SandboxLogsError("attach-refused", `cannot attach to container ${id}: ${words}`, id, { cause });
    } finally {
      options.signal?.removeEventListener("abort", abort);
      this.#ended.signal.removeEventListener("abort", abort);
    }
  }

  exitExpected(): void {
    this.#exitExpected = true;
    if (this.#state.at === "ended" && this.#closing === undefined) this.#waitForExit();
  }

  settle(options: { signal?: AbortSignal | undefined } = {}): Promise<LogSettlement> {
    const { signal } = options;
    const giveUp = () => void this.#finish("settling was ended before the logs were whole");
    if (signal?.aborted === true) giveUp();
    else {
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#dispatch({ type: "exit-known" });
    }
    return this.#settled.promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  note(line: string): void {
    if (this.#closing === undefined) this.#logs.stderr.note(line);
  }

  abandon(): Promise<void> {
    return this.#finish("the logs were let go before the container's end");
  }

  position(): Readonly<Record<LogStream, LogPosition>> {
    return { stdout: this.#logs.stdout.resumePoint(), stderr: this.#logs.stderr.resumePoint() };
  }

  /** Bytes have gone to the disk. */
  drained(): void {
    if (this.#join === undefined && this.#live?.paused === true && this.#parts.budget.mayResume(this.#pendingBytes())) {
      this.#live.resume();
    }
  }

  #dispatch(event: LiveEvent): void {
    if (this.#closing !== undefined) return;
    const { state, effects } = transition(this.#state, event);
    if (state.at !== this.#state.at) clearTimeout(this.#timer);
    this.#state = state;
    for (const effect of effects) this.#act(effect);
  }

  #act(effect: LiveEffect): void {
    switch (effect) {
      case "wait-for-exit":
        this.#waitForExit();
        return;
      case "watch-drain":
        this.#watchDrain();
        return;
      case "reattach":
        void this.#reattach();
        return;
      case "join":
        void this.#joinUp();
        return;
      case "complete":
        void this.#complete();
        return;
      case "finish":
        void this.#finish(undefined);
    }
  }

  #listen(stream: Readable): void {
    this.#live = new LiveStream(stream, this.#parts.request.tty, {
      data: (name, chunk, start, end) => {
        if (this.#join === undefined) this.#logs[name].data(chunk, start, end);
        else this.#join.push(name, chunk, start, end);
      },
      onChunk: () => {
        if (this.#state.at === "draining") this.#watchDrain();
        if (this.#join?.full === true || this.#parts.budget.mustPause(this.#pendingBytes())) this.#live?.pause();
      },
      onEnd: (end) => this.#dispatch({ type: "ended", end }),
    });
  }

  #waitForExit(): void {
    clearTimeout(this.#timer);
    const graceMs = this.#exitExpected ? Math.max(expectedExitMs, this.#parts.exitGraceMs) : this.#parts.exitGraceMs;
    this.#timer = setTimeout(() => this.#dispatch({ type: "grace-over" }), graceMs).unref();
  }

  #watchDrain(): void {
    clearTimeout(this.#timer);
    // A stream that was attached to a container that had already exited never ends, and everything will be checked anyway.
    const broken = this.#state.at === "draining" && this.#state.broken !== undefined;
    const idleMs = broken ? Math.min(brokenDrainIdleMs, this.#parts.drainIdleMs) : this.#parts.drainIdleMs;
    this.#timer = setTimeout(() => {
      // While we hold the stream back ourselves its silence means nothing.
      if (this.#live?.paused === true) this.#watchDrain();
      else this.#dispatch({ type: "drain-stalled" });
    }, idleMs);
  }

  async #reattach(): Promise<void> {
    if (this.#state.at !== "reattaching") return;
    const { reattachMinMs, reattachMaxMs, source } = this.#parts;
    const delayMs = Math.min(reattachMinMs * 2 ** (this.#state.attempt - 1), reattachMaxMs);
    this.#live?.destroy();
    try {
      await sleep(delayMs, undefined, { signal: this.#ended.signal, ref: false });
      const stream = await source.connect({ signal: this.#ended.signal });
      if (this.#state.at !== "reattaching" || this.#closing !== undefined) {
        stream.destroy();
        return;
      }
      this.#join = new JoinBuffer();
      this.#listen(stream);
      this.#dispatch({ type: "attached" });
    } catch (error) {
      // A container that is gone never comes back: only the word of its exit is still to come.
      if (!isEngineError(error, "not-found")) this.#dispatch({ type: "reattach-failed" });
    }
  }

  /** Fills the hole before the new stream from the engine's own log, as far as that is certain. */
  async #joinUp(): Promise<void> {
    const join = this.#join;
    if (join === undefined) return;
    for (let attempt = 1; ; attempt += 1) {
      const settled = { stdout: join.lineBytes("stdout"), stderr: join.lineBytes("stderr") };
      const read = await this.#readEngineLog();
      await sleep(joinPauseMs);
      if (this.#join !== join || this.#state.at !== "joining" || this.#closing !== undefined) return;
      const plans = streams.map((name) => {
        const { position } = this.#logs[name];
        return { name, ...planJoin(name, position, read, join.bytes(name), settled[name]) };
      });
      if (attempt < joinTries && plans.some(({ tryAgain }) => tryAgain)) continue;
      for (const { name, ...plan } of plans) this.#goOn(name, plan, join.bytes(name));
      this.#join = undefined;
      this.#dispatch({ type: "joined" });
      this.#live?.resume();
      return;
    }
  }

  /** After the exit: takes from the engine's log what the stream did not bring, and checks that nothing is missing. */
  async #complete(): Promise<void> {
    this.#live?.destroy();
    const read = await this.#readEngineLog();
    if (this.#closing !== undefined) return;
    for (const name of streams) {
      const unjoined = this.#join?.bytes(name) ?? Buffer.alloc(0);
      const plan = planCompletion(name, this.#logs[name].position, read, unjoined);
      this.#goOn(name, plan, plan.fill.includes(unjoined) ? Buffer.alloc(0) : unjoined);
    }
    await this.#finish(undefined);
  }

  #goOn(name: LogStream, { fill, gap }: StreamPlan, live: Buffer): void {
    const log = this.#logs[name];
    log.data(fill, 0, fill.length);
    if (gap !== undefined) log.gap(name, gap);
    log.data(live, 0, live.length);
  }

  #readEngineLog(): ReturnType<EngineLog["read"]> {
    const { request, engineLog } = this.#parts;
    return engineLog.read(request.engineContainerId, { tty: request.tty, signal: this.#ended.signal });
  }

  #pendingBytes(): number {
    return this.#logs.stdout.pendingBytes + this.#logs.stderr.pendingBytes;
  }

  #finish(fault: string | undefined): Promise<void> {
    this.#closing ??= this.#close(fault);
    return this.#closing;
  }

  async #close(fault: string | undefined): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended.abort();
    this.#live?.destroy();
    const { stdout, stderr } = this.#logs;
    await Promise.all([stdout.close(), stderr.close()]);
    const faults = [...(fault === undefined ? [] : [fault]), ...stdout.faults, ...stderr.faults];
    const sizes = { stdoutBytes: stdout.fileBytes, stderrBytes: stderr.fileBytes };
    const whole = this.#state.at === "whole" ? "live" : "completed";
    this.#settled.resolve(
      faults.length === 0 ? { ...sizes, outcome: whole } : { ...sizes, outcome: "incomplete", why: faults.join("; ") },
    );
  }
}
