import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerCalls } from "@berth/engine-client";
import { labelNames } from "../plan/labels.ts";
import { removeUntilGone } from "./remove-container.ts";

/** Looks for containers that a create without an answer has made after all, and removes them. */
export interface StrayWatch {
  /** `keep` is the container that the task has, if any. A second watch for the same task does nothing. */
  watch(containerId: string, keep: () => string | undefined): void;
  close(): Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

export function createStrayWatch(
  containers: Pick<ContainerCalls, "list" | "remove">,
  options: { readonly watchMs: number },
): StrayWatch {
  const watches = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const { signal } = closing;

  const look = async (containerId: string, keep: () => string | undefined): Promise<void> => {
    let elapsedMs = 0;
    for (let round = 0; elapsedMs < options.watchMs && !signal.aborted; round += 1) {
      const strays = await containers
        .list({ all: true, filters: { label: [`${labelNames.containerId}=${containerId}`] }, signal })
        .catch(() => []);
      for (const { Id: id } of strays) if (id !== keep()) await removeUntilGone(containers, id, { signal });
      const pauseMs = Math.min(firstPauseMs * 2 ** round, longestPauseMs);
      elapsedMs += pauseMs;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    watches.delete(containerId);
  };

  return {
    watch(containerId, keep) {
      if (!watches.has(containerId)) watches.set(containerId, look(containerId, keep));
    },
    async close() {
      closing.abort();
      await Promise.all(watches.values());
    },
  };
}
