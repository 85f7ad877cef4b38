import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerCalls } from "@berth/engine-client";

const firstPauseMs = 50;
const longestPauseMs = 30_000;

/** Removes a container with its anonymous volumes, trying until the engine says that it is not there. False when aborted first. */
export async function removeUntilGone(
  containers: Pick<ContainerCalls, "remove">,
  engineId: string,
  options: { readonly signal: AbortSignal },
): Promise<boolean> {
  for (let failures = 0; !options.signal.aborted; failures += 1) {
    try {
      const outcome = await containers.remove(engineId, { force: true, volumes: true, signal: options.signal });
      // Under way somewhere else: the next try will say 404.
      if (outcome !== "in-progress") return true;
    } catch {
      // An engine that cannot say is asked again.
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** failures, longestPauseMs);
    await sleep(pauseMs, undefined, { signal: options.signal, ref: false }).catch(() => undefined);
  }
  return false;
}
