import { isEngineError } from "@berth/engine-client";
import type { CreateFailure, StartFailure } from "../life/event.ts";

/** What a failed create means. A 5xx may pass, unless the engine's words say that it will not. */
export function createFailure(error: unknown): CreateFailure {
  const words = error instanceof Error ? error.message : "";
  if (isEngineError(error, "conflict"))
    return /\bname\b.*\b(in use|reserved|taken)\b/i.test(words) ? "name-taken" : "refused";
  if (isEngineError(error, "not-found")) return /no such image/i.test(words) ? "image-gone" : "refused";
  if (isEngineError(error, "server")) return isLasting(words) ? "refused" : "failed";
  return isEngineError(error, "unreachable", "timeout", "aborted", "protocol") ? "unknown" : "refused";
}

/** What a failed start means before inspect has been asked. */
export function startFailure(error: unknown): StartFailure {
  const words = error instanceof Error ? error.message : "";
  if (isEngineError(error, "server", "conflict", "not-found", "bad-request")) {
    if (/port is already allocated|address already in use/i.test(words)) return "port-taken";
    return isEngineError(error, "bad-request") ? "refused" : "failed";
  }
  return isEngineError(error, "unreachable", "timeout", "aborted", "protocol") ? "unknown" : "refused";
}

function isLasting(words: string): boolean {
  return /no space left on device|disk quota exceeded|read-only file system|plugin .* not found|error looking up volume plugin/i.test(
    words,
  );
}
