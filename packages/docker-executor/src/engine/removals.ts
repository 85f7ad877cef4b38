import type { ContainerCalls } from "@berth/engine-client";
import { removeUntilGone } from "./remove-container.ts";

/** Stopped containers that are kept for a while, for people to look into. */
export interface Removals {
  /** Removes it after the delay; sooner when too many wait. */
  later(engineId: string): void;
  /** Resolves when it is gone. */
  now(engineId: string): Promise<void>;
  /** Waits for removals under way, but not for ever: an engine that does not answer must not hold a shut-down back. */
  close(options: { readonly removeNow: boolean }): Promise<void>;
}

export interface RemovalOptions {
  readonly removeDelayMs: number;
  /** How many stopped containers may wait; the oldest goes first. */
  readonly maxStopped: number;
}

const closeBudgetMs = 15_000;
const longestTimerMs = 2 ** 31 - 1;

export function createRemovals(containers: Pick<ContainerCalls, "remove">, options: RemovalOptions): Removals {
  const waiting = new Map<string, NodeJS.Timeout>();
  const underWay = new Map<string, Promise<void>>();
  const closing = new AbortController();

  const now = (engineId: string): Promise<void> => {
    clearTimeout(waiting.get(engineId));
    waiting.delete(engineId);
    const running = underWay.get(engineId);
    if (running !== undefined) return running;
    const removal = removeUntilGone(containers, engineId, { signal: closing.signal }).then(() => {
      underWay.delete(engineId);
    });
    underWay.set(engineId, removal);
    return removal;
  };

  return {
    now,
    later(engineId) {
      if (options.removeDelayMs <= 0 || options.maxStopped <= 0) {
        void now(engineId);
        return;
      }
      const timer = setTimeout(() => void now(engineId), Math.min(options.removeDelayMs, longestTimerMs));
      timer.unref();
      waiting.set(engineId, timer);
      if (waiting.size <= options.maxStopped) return;
      const [oldest] = waiting.keys();
      if (oldest !== undefined) void now(oldest);
    },
    async close({ removeNow }) {
      for (const [engineId, timer] of waiting) {
        clearTimeout(timer);
        if (removeNow) void now(engineId);
      }
      waiting.clear();
      const budget = setTimeout(() => closing.abort(), closeBudgetMs);
      await Promise.all(underWay.values());
      clearTimeout(budget);
      closing.abort();
    },
  };
}
