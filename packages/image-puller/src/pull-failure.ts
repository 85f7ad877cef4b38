import { isEngineError } from "@berth/engine-client";
import { adviceFor, classifyFailure } from "./classify-failure.ts";
import type { FoundCredentials } from "./credentials/credential-source.ts";
import { ImagePullError, type ImagePullErrorCode } from "./errors.ts";
import type { ImageReference } from "./image-reference.ts";
import type { PullState } from "./pull-state.ts";
import { layerUnderWay, summarize } from "./pull-summary.ts";
import { redactor } from "./redact.ts";

/** What errors about one pull have in common. */
export interface PullSubject {
  /** As the request had it. */
  readonly image: string;
  readonly reference: ImageReference;
  readonly credentials: FoundCredentials;
}

/** An error with the registry, phase, layer and bytes in its fields. */
export function pullError(
  subject: PullSubject,
  code: ImagePullErrorCode,
  message: string,
  state?: PullState,
  cause?: unknown,
): ImagePullError {
  const redact = redactor(subject.credentials.auth);
  const { receivedBytes, totalBytes, phase } = state === undefined ? noSummary : summarize(state);
  return new ImagePullError(code, redact(`image ${subject.image}: ${message}`), {
    image: subject.image,
    registryHost: subject.reference.domain,
    phase,
    layer: state === undefined ? undefined : layerUnderWay(state),
    receivedBytes,
    totalBytes,
    cause: isClean(cause, redact) ? cause : undefined,
  });
}

/** A failure that the engine put into words, in the stream or instead of one. */
export function failureFromWords(
  subject: PullSubject,
  words: string,
  state: PullState | undefined,
  cause: unknown,
): ImagePullError {
  if (isEngineError(cause, "unreachable", "permission-denied", "timeout", "unsupported", "aborted")) {
    return engineFailure(subject.image, cause, subject);
  }
  const code = classifyFailure(words);
  const host = subject.reference.domain;
  const advice = adviceFor(code, words, host, subject.credentials.source);
  return pullError(subject, code, `${words} (registry ${host}); ${advice}`, state, cause);
}

/** A failure of a call to the engine that is not about the registry. */
export function engineFailure(image: string, cause: unknown, subject?: PullSubject): ImagePullError {
  const code = engineCode(cause);
  const words = cause instanceof Error ? cause.message : String(cause);
  if (code === "closed") return new ImagePullError(code, `image ${image}: ${words}`, { image, cause });
  const advice =
    code === "engine-failed" ? "look into the engine's log" : "see that it runs and that this user may reach it";
  const message = `the engine failed: ${words}; ${advice}`;
  if (subject !== undefined) return pullError(subject, code, message, undefined, cause);
  return new ImagePullError(code, `image ${image}: ${message}`, { image, cause });
}

function engineCode(cause: unknown): "engine-unreachable" | "engine-permission-denied" | "engine-failed" | "closed" {
  // Not by our own signals, which are looked at first.
  if (isEngineError(cause, "aborted")) return "closed";
  if (isEngineError(cause, "permission-denied")) return "engine-permission-denied";
  return isEngineError(cause, "unreachable", "timeout") ? "engine-unreachable" : "engine-failed";
}

/** Whether an error may be kept as a cause: the engine quotes the registry, and a registry may quote anything. */
function isClean(cause: unknown, redact: (words: string) => string): boolean {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const text = `${error.message}\n${error.stack ?? ""}`;
    if (redact(text) !== text) return false;
  }
  return true;
}

const noSummary = { receivedBytes: undefined, totalBytes: undefined, phase: undefined };
