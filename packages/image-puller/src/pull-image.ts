import { setTimeout as delay } from "node:timers/promises";
import { type EngineClient, type ImageInspect, isEngineError } from "@berth/engine-client";
import { isWorthBackingOff } from "./classify-failure.ts";
import type { PullProgress } from "./image-puller.ts";
import { matchesPlatform, type Platform, platformText } from "./platform.ts";
import { type AttemptOutcome, attemptPull } from "./pull-attempt.ts";
import type { PullBudgets } from "./pull-budgets.ts";
import { engineFailure, failureFromWords, pullError, type PullSubject } from "./pull-failure.ts";
import type { PullState } from "./pull-state.ts";
import { layerUnderWay, type PullSummary, summarize, worthReporting } from "./pull-summary.ts";

export interface PullJob extends PullSubject {
  readonly platform: Platform | undefined;
  /** Whether a waiter insists on what the registry has now; asked when a stream was cut. */
  readonly forced: () => boolean;
  readonly budgets: PullBudgets;
  readonly retryDelaysMs: readonly number[];
  readonly signal: AbortSignal;
  readonly note: (progress: PullProgress) => void;
  readonly othersMoved: () => boolean;
  readonly onMoved: () => void;
}

type Deps = Pick<EngineClient, "images">;

/**
 * Pulls, with one new try after a stall or a stream that was cut, and a few with growing pauses while the registry is at
 * fault or limits us. Rejects with ImagePullError. Resolves when an inspect has shown the image.
 */
export async function pullImage(deps: Deps, job: PullJob): Promise<ImageInspect> {
  const total = new AbortController();
  const timer = setTimeout(() => total.abort(), job.budgets.totalMs);
  const signal = AbortSignal.any([job.signal, total.signal]);
  try {
    return await pullWithTries(deps, job, signal, total.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function pullWithTries(deps: Deps, job: PullJob, signal: AbortSignal, total: AbortSignal): Promise<ImageInspect> {
  const { image, budgets, note } = job;
  const delays = [...job.retryDelaysMs];
  let secondTry = true;
  for (;;) {
    note({ kind: "pulling", image });
    const outcome = await attemptPull(deps, {
      reference: job.reference.engineName,
      platform: job.platform && platformText(job.platform),
      auth: job.credentials.auth,
      budgets,
      signal,
      onState: reporter(job),
      othersMoved: job.othersMoved,
    });
    const ended = () => (total.aborted ? timedOut(job, outcome.state) : aborted(job, outcome.state));
    if (outcome.kind === "aborted") throw ended();
    if (outcome.kind === "failed") {
      const error = failureFromWords(job, outcome.words, outcome.state, outcome.cause);
      const pauseMs = isWorthBackingOff(error.code) ? delays.shift() : undefined;
      if (pauseMs === undefined) throw error;
      note({ kind: "retrying", image, why: `${error.code} at ${job.reference.domain}, again in ${pauseMs} ms` });
      // Rejects only by the signal, which is looked at next.
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw ended();
      continue;
    }
    let fault = faultOf(job, outcome);
    if (outcome.kind !== "stalled") {
      const found = await inspectImage(deps, job, signal, ended);
      if (found !== undefined && (outcome.kind === "complete" || proves(job, outcome.state, found))) {
        if (job.platform === undefined || matchesPlatform(found, job.platform)) return found;
        if (outcome.kind === "complete") throw wrongPlatform(job, job.platform, found);
      }
      fault = incomplete(job, outcome);
    }
    if (!secondTry) throw fault;
    secondTry = false;
    note({ kind: "retrying", image, why: fault.code === "stalled" ? stallText(job, outcome) : "the stream was cut" });
  }
}

/** Whether a stream that was cut has done its work nevertheless. */
function proves(job: PullJob, { digest }: PullState, found: ImageInspect): boolean {
  // The image was absent before, or of another platform, or it is pinned: what is there now is what was to come.
  if (!job.forced() || job.reference.digest !== undefined) return true;
  return digest !== undefined && (found.RepoDigests ?? []).some((known) => known.endsWith(`@${digest}`));
}

async function inspectImage(
  { images }: Deps,
  job: PullJob,
  signal: AbortSignal,
  ended: () => Error,
): Promise<ImageInspect | undefined> {
  try {
    return await images.inspect(job.reference.engineName, { signal });
  } catch (error) {
    if (signal.aborted) throw ended();
    if (isEngineError(error, "not-found")) return undefined;
    throw engineFailure(job.image, error, job);
  }
}

function reporter(job: PullJob): (state: PullState) => void {
  let last: PullSummary | undefined;
  let receivedBytes = 0;
  return (state) => {
    const now = summarize(state);
    if (now.receivedBytes > receivedBytes) job.onMoved();
    receivedBytes = now.receivedBytes;
    if (state.layers.size === 0 || !worthReporting(last, now)) return;
    last = now;
    job.note({ kind: "layers", image: job.image, ...now });
  };
}

function faultOf(job: PullJob, outcome: AttemptOutcome) {
  const text = `the pull ${stallText(job, outcome)}, twice; ${stallAdvice(outcome.state, job.reference.domain)}`;
  return pullError(job, "stalled", text, outcome.state);
}

function stallText({ reference }: PullJob, outcome: AttemptOutcome): string {
  const { phase, receivedBytes, totalBytes } = summarize(outcome.state);
  const layer = layerUnderWay(outcome.state);
  const seconds = outcome.kind === "stalled" ? outcome.budgetMs / 1000 : 0;
  const at = layer === undefined ? "" : `, layer ${layer}, ${receivedBytes} of ${totalBytes} bytes received`;
  return `stalled for ${seconds} s in phase ${phase}${at}, registry ${reference.domain}`;
}

function stallAdvice({ phase }: PullState, host: string): string {
  switch (phase) {
    case "begin":
      return `check that the engine reaches ${host} and that the registry answers, or raise the begin budget`;
    case "download":
      return `check the network between the engine and ${host}, or raise the download budget`;
    case "extract":
      return "check the load of the engine's disk, or raise the extract budget";
  }
}

function incomplete(job: PullJob, outcome: AttemptOutcome) {
  const what =
    outcome.kind === "complete"
      ? "the engine finished the pull, and then the image was not there: is something removing images?"
      : "the engine's answer broke off and the image is not there as asked for, twice: was the engine restarted?";
  const cause = outcome.kind === "cut-off" ? outcome.cause : undefined;
  return pullError(job, "incomplete", `${what} (registry ${job.reference.domain})`, outcome.state, cause);
}

function wrongPlatform(job: PullJob, wanted: Platform, { Os, Architecture, Variant }: ImageInspect) {
  const variant = Variant === undefined || Variant === "" ? undefined : Variant;
  const found = platformText({ os: Os, architecture: Architecture, variant });
  const text = `${job.reference.domain} has it for ${found} only, and ${platformText(wanted)} was asked for`;
  return pullError(job, "wrong-platform", text);
}

function timedOut(job: PullJob, state: PullState) {
  const { phase, receivedBytes, totalBytes } = summarize(state);
  const text = `the pull took longer than its ${job.budgets.totalMs / 1000} s in all; it was in phase ${phase} with ${receivedBytes} of ${totalBytes} bytes from registry ${job.reference.domain}; raise the total budget`;
  return pullError(job, "timeout", text, state);
}

function aborted(job: PullJob, state: PullState) {
  return pullError(job, "aborted", "the pull was cancelled", state);
}
