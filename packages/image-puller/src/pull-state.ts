import type { PullLine } from "@berth/engine-client";

export type LayerStatus =
  | "waiting"
  | "starting"
  | "retrying"
  | "downloading"
  | "verifying"
  | "downloaded"
  | "extracting"
  | "done";

export interface LayerState {
  readonly status: LayerStatus;
  readonly receivedBytes: number;
  /** Unknown before the first bytes come. */
  readonly totalBytes: number | undefined;
}

/** What the lines of one pull have said so far. */
export interface PullState {
  readonly phase: "begin" | "download" | "extract";
  /** By the engine's short id, in the order of its first words about it. */
  readonly layers: ReadonlyMap<string, LayerState>;
  /** The layer that was last heard of. */
  readonly lastLayer: string | undefined;
  /** `sha256:...` of the manifest: the engine says it at the end. */
  readonly digest: string | undefined;
  /** The `Status:` line has come: the engine has finished. */
  readonly complete: boolean;
  /** The engine's words, when it failed within the stream. */
  readonly failure: string | undefined;
}

/** What a line meant for the timers: `advanced` starts the phase's budget anew. */
export interface PullTransition {
  readonly state: PullState;
  readonly advanced: boolean;
}

export const initialPullState: PullState = {
  phase: "begin",
  layers: new Map(),
  lastLayer: undefined,
  digest: undefined,
  complete: false,
  failure: undefined,
};

const layerStatuses: Readonly<Record<string, LayerStatus>> = {
  "Pulling fs layer": "starting",
  Waiting: "waiting",
  Downloading: "downloading",
  "Verifying Checksum": "verifying",
  "Download complete": "downloaded",
  Extracting: "extracting",
  "Pull complete": "done",
  "Already exists": "done",
};

/** One line of the stream of `POST /images/create`. */
export function transition(state: PullState, line: PullLine): PullTransition {
  const failure = line.errorDetail?.message ?? line.error;
  if (failure !== undefined && failure !== "") return { state: { ...state, failure }, advanced: true };
  const text = line.status ?? "";
  const status = layerStatuses[text] ?? (text.startsWith("Retrying in ") ? "retrying" : undefined);
  if (line.id !== undefined && status !== undefined) return layerLine(state, line.id, status, line);

  const digest = /^Digest: (\S+)$/.exec(text)?.[1] ?? state.digest;
  const complete = state.complete || text.startsWith("Status: ");
  // A line that is not known is a sign of life all the same: a newer engine may have more words.
  return { state: withPhase({ ...state, digest, complete }), advanced: true };
}

function layerLine(state: PullState, id: string, status: LayerStatus, line: PullLine): PullTransition {
  const before = state.layers.get(id);
  const { current, total } = line.progressDetail ?? {};
  const layer = layerAfter(before, status, current, total);
  const layers = new Map(state.layers).set(id, layer);
  const after = withPhase({ ...state, layers, lastLayer: id });
  const moved = before === undefined || before.status !== status || layer.receivedBytes > before.receivedBytes;
  // Extraction that goes on does not excuse a download that stands still; it is the only thing going on in its own phase.
  const advanced = status === "extracting" && before?.status === status ? after.phase === "extract" : moved;
  return { state: after, advanced };
}

function layerAfter(
  before: LayerState | undefined,
  status: LayerStatus,
  current: number | undefined,
  total: number | undefined,
): LayerState {
  const received = before?.receivedBytes ?? 0;
  const size = before?.totalBytes;
  switch (status) {
    case "downloading":
      return { status, receivedBytes: current ?? received, totalBytes: known(total) ?? size };
    case "starting":
    case "waiting":
    case "retrying":
      return { status, receivedBytes: received, totalBytes: size };
    case "verifying":
    case "downloaded":
    case "extracting":
    case "done":
      return { status, receivedBytes: size ?? received, totalBytes: size };
  }
}

function withPhase(state: PullState): PullState {
  const all = [...state.layers.values()];
  const arrived = (layer: LayerState) => ["downloaded", "extracting", "done"].includes(layer.status);
  return { ...state, phase: all.length > 0 && all.every(arrived) ? "extract" : "download" };
}

/** The engine sends 0 or -1 for a size that the registry did not say. */
function known(total: number | undefined): number | undefined {
  return total !== undefined && total > 0 ? total : undefined;
}
