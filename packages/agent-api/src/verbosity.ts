import type { LogLevel } from "@berth/log";

/** The log whose level the API changes; `AdjustableLog` of @berth/log is one. */
export interface LogLevelPort {
  readonly level: LogLevel;
  setLevel(level: LogLevel): void;
}

export interface VerbosityTimers {
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Calls back once; returns what takes that back. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/** Verbosity as the original counts it: 0 is how the agent was started, anything above adds the debug lines. */
export interface Verbosity {
  readonly level: number;
  /** For a time, after which it is 0 again; a later call replaces an earlier one. Answers what is wrong with the level. */
  set(level: number, durationMs: number): string | undefined;
  /** Back to 0. */
  close(): void;
}

/** A timer takes no more; longer times are waited for in pieces. */
const longestTimerMs = 2 ** 31 - 1;

export function createVerbosity(port: LogLevelPort, timers: VerbosityTimers): Verbosity {
  const atStart = port.level;
  let level = 0;
  let cancel: (() => void) | undefined;

  const apply = (next: number) => {
    level = next;
    port.setLevel(next > 0 ? "debug" : atStart);
  };
  const revertAt = (deadlineMs: number) => {
    const leftMs = deadlineMs - timers.now();
    cancel = timers.after(Math.min(Math.max(leftMs, 0), longestTimerMs), () => {
      if (leftMs > longestTimerMs) revertAt(deadlineMs);
      else apply(0);
    });
  };
  return {
    get level() {
      return level;
    },
    set(next, durationMs) {
      if (!Number.isSafeInteger(next) || next < 0) return `Invalid level '${next}'`;
      cancel?.();
      apply(next);
      if (next > 0) revertAt(timers.now() + durationMs);
      return undefined;
    },
    close() {
      cancel?.();
      apply(0);
    },
  };
}
