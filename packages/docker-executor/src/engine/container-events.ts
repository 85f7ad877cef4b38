import { setTimeout as sleep } from "node:timers/promises";
import type { EngineClient } from "@berth/engine-client";
import { labelNames } from "../plan/labels.ts";

/** `gap`: the stream was away for a while; anything may have happened. */
export type ContainerHint = "die" | "oom" | "gap";

/** The engine's events about our containers, over one connection for all of them. Hints only: who hears one asks inspect. */
export interface ContainerEvents {
  /** Returns how to stop. */
  watch(engineId: string, listener: (hint: ContainerHint) => void): () => void;
  close(): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

export function createContainerEvents(engine: Pick<EngineClient, "events">): ContainerEvents {
  const listeners = new Map<string, Set<(hint: ContainerHint) => void>>();
  const closing = new AbortController();
  let reading: Promise<void> | undefined;

  const tellAll = (hint: ContainerHint): void => {
    for (const set of listeners.values()) for (const listener of set) listener(hint);
  };

  const read = async (): Promise<void> => {
    const { signal } = closing;
    let since: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const stream = engine.events({
          signal,
          filters: { type: ["container"], event: ["die", "oom"], label: [labelNames.containerId] },
          ...(since !== undefined && { since }),
          onConnected: () => {
            if (failures > 0) tellAll("gap");
            failures = 0;
          },
        });
        for await (const event of stream) {
          since = secondsText(event.timeNano + 1n);
          if (event.action !== "die" && event.action !== "oom") continue;
          for (const listener of listeners.get(event.id) ?? []) listener(event.action);
        }
      } catch {
        // An outage of the stream: wait answers, or the next connection brings what was missed.
      }
      failures += 1;
      await sleep(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs), undefined, {
        signal,
        ref: false,
      }).catch(() => undefined);
    }
  };

  return {
    watch(engineId, listener) {
      const set = listeners.get(engineId) ?? new Set();
      set.add(listener);
      listeners.set(engineId, set);
      reading ??= read();
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(engineId) === set) listeners.delete(engineId);
      };
    },
    async close() {
      closing.abort();
      await reading;
    },
  };
}

function secondsText(nanoseconds: bigint): string {
  return `${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, "0")}`;
}
