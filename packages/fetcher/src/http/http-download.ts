import { setTimeout as delay } from "node:timers/promises";
import { FetchError } from "../errors.ts";
import type { RetryOptions } from "../fetcher-options.ts";
import { RetryBudget } from "../retry-budget.ts";
import type { Transfer, TransferOutcome, Validators } from "../transfer.ts";
import { connectionFault, isLasting } from "./connection-fault.ts";
import type { Dispatchers } from "./dispatchers.ts";
import { type AttemptResult, httpAttempt } from "./http-attempt.ts";
import { resumeValidator, retryAfterMs } from "./judge-response.ts";
import { nextHop, requestHeaders } from "./request.ts";

export interface HttpDeps {
  readonly dispatchers: Dispatchers;
  readonly now: () => number;
  readonly random: () => number;
  readonly retry: RetryOptions;
  readonly stallTimeoutMs: number;
  readonly maxRedirects: number;
}

/** What is in the file already. */
interface Part {
  receivedBytes: number;
  totalBytes: number | undefined;
  validators: Validators | undefined;
}

/** A download by http or https: follows redirects, tries again, and goes on where it was cut when the server can prove it is the same. */
export async function downloadHttp(deps: HttpDeps, url: string, transfer: Transfer): Promise<TransferOutcome> {
  const budget = new RetryBudget(deps.retry, deps.random);
  const part: Part = { receivedBytes: 0, totalBytes: undefined, validators: undefined };
  for (;;) {
    transfer.signal.throwIfAborted();
    const offset = resumeValidator(part.validators) === undefined ? 0 : part.receivedBytes;
    const result = await follow(deps, url, offset, part, transfer);
    transfer.signal.throwIfAborted();
    const { verdict } = result;
    if (verdict?.kind === "unchanged") return { kind: "unchanged" };
    if (verdict?.kind === "body") {
      part.receivedBytes = result.receivedBytes;
      part.totalBytes = verdict.totalBytes;
      part.validators = verdict.validators;
      await transfer.file.truncate(part.receivedBytes);
      if (result.failure === undefined && (part.totalBytes ?? part.receivedBytes) === part.receivedBytes) {
        return { kind: "fetched", sizeBytes: part.receivedBytes, validators: part.validators };
      }
    }
    if (verdict?.kind === "start-over") part.receivedBytes = 0;
    const error = faultOf(deps, result, part, transfer);
    const delayMs = isFinal(result) ? undefined : budget.next(part.receivedBytes, retryRule(deps, result));
    if (delayMs === undefined) throw error;
    transfer.onRetry(budget.attempts, delayMs, error.reason);
    await delay(delayMs, undefined, { signal: transfer.signal });
  }
}

/** One attempt through all redirects. Each attempt begins at the first URL: what a redirect led to may have expired. */
async function follow(
  deps: HttpDeps,
  first: string,
  offset: number,
  part: Part,
  transfer: Transfer,
): Promise<AttemptResult> {
  const origin = new URL(first);
  const conditional = offset === 0 && transfer.known !== undefined && part.receivedBytes === 0;
  const asked = { offset, validators: part.validators, totalBytes: part.totalBytes, conditional };
  let url = origin;
  for (let hops = 0; ; hops += 1) {
    await using connection = deps.dispatchers.connect(url);
    const result = await httpAttempt({
      connection,
      url,
      headers: requestHeaders(url, origin, asked, conditional ? transfer.known : undefined),
      asked,
      stallTimeoutMs: deps.stallTimeoutMs,
      transfer,
    });
    if (result.verdict?.kind !== "redirect" || transfer.signal.aborted) return result;
    if (hops >= deps.maxRedirects) {
      throw new FetchError("redirect", `more than ${deps.maxRedirects} redirects`, { uri: transfer.shownUri });
    }
    url = nextHop(url, result.verdict.location, transfer.shownUri);
  }
}

function faultOf(deps: HttpDeps, result: AttemptResult, part: Part, transfer: Transfer): FetchError {
  const { verdict, status } = result;
  const { receivedBytes } = part;
  const details = { uri: transfer.shownUri, status, receivedBytes, cause: result.failure };
  const got = `${receivedBytes}${part.totalBytes === undefined ? "" : ` of ${part.totalBytes}`} bytes received`;
  if (result.stalled) {
    return new FetchError(
      "stalled",
      `the transfer stalled: less than 1 byte/s for ${deps.stallTimeoutMs} ms, ${got}`,
      details,
    );
  }
  if (verdict === undefined) return connectionFault(result.failure, got, details);
  if (verdict.kind === "body") {
    const why = result.failure === undefined ? "" : ` (${result.failure.message})`;
    return new FetchError("incomplete", `the connection ended early: ${got}${why}`, details);
  }
  // The end of an exchange that we cut ourselves after its head is no cause.
  const answered = { uri: details.uri, status, receivedBytes };
  if (verdict.kind === "fail") return new FetchError(verdict.code, `${verdict.why}, ${got}`, answered);
  const why =
    verdict.kind === "retry" || verdict.kind === "start-over" ? verdict.why : "the server answered out of turn";
  return new FetchError("http-status", `${why}, ${got}`, answered);
}

function isFinal(result: AttemptResult): boolean {
  return (
    result.verdict?.kind === "fail" || (result.verdict === undefined && !result.stalled && isLasting(result.failure))
  );
}

function retryRule(
  deps: HttpDeps,
  result: AttemptResult,
): { askedDelayMs?: number | undefined; onlyAfterProgress?: boolean } {
  if (result.stalled) return { onlyAfterProgress: true };
  if (result.verdict?.kind !== "retry") return {};
  return { askedDelayMs: retryAfterMs(result.verdict.retryAfter, deps.now()) };
}
