import type { PullState } from "./pull-state.ts";

/** The sums of a pull's layers, in bytes. */
export interface PullSummary {
  readonly phase: PullState["phase"];
  readonly layers: number;
  readonly layersDone: number;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export function summarize(state: PullState): PullSummary {
  const all = [...state.layers.values()];
  return {
    phase: state.phase,
    layers: all.length,
    layersDone: all.filter(({ status }) => status === "done").length,
    receivedBytes: all.reduce((sum, layer) => sum + layer.receivedBytes, 0),
    totalBytes: all.reduce((sum, layer) => sum + (layer.totalBytes ?? 0), 0),
  };
}

/** Whether a bar would look different: a layer or phase more, or a percent of the bytes. */
export function worthReporting(before: PullSummary | undefined, now: PullSummary): boolean {
  if (before === undefined) return true;
  if (before.phase !== now.phase || before.layers !== now.layers || before.layersDone !== now.layersDone) return true;
  if (before.totalBytes !== now.totalBytes) return true;
  return Math.abs(now.receivedBytes - before.receivedBytes) >= Math.max(now.totalBytes / 100, 64 * 1024);
}

/** The layer that keeps the pull from going on: the first that is still on its way, or else the last heard of. */
export function layerUnderWay(state: PullState): string | undefined {
  const order = ["downloading", "retrying", "starting", "verifying", "waiting", "extracting", "downloaded"];
  for (const wanted of order) {
    for (const [id, { status }] of state.layers) if (status === wanted) return id;
  }
  return state.lastLayer;
}
