import type { Dispatcher } from "undici";
import { ensureError } from "../system-error.ts";
import { FileWriter } from "../fs/file-writer.ts";
import { StallWatch } from "../stall-watch.ts";
import type { Transfer } from "../transfer.ts";
import { DirectBody } from "./direct-body.ts";
import type { HttpConnection } from "./dispatchers.ts";
import { type Asked, framedLength, judgeResponse, type Verdict } from "./judge-response.ts";

export interface AttemptOptions {
  readonly connection: HttpConnection;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly asked: Asked;
  readonly stallTimeoutMs: number;
  readonly transfer: Transfer;
}

export interface AttemptResult {
  /** Undefined when the connection broke before a head came. */
  readonly verdict: Verdict | undefined;
  readonly status: number | undefined;
  /** Bytes of the file that are good now. */
  readonly receivedBytes: number;
  /** Why the exchange ended early. */
  readonly failure: Error | undefined;
  readonly stalled: boolean;
}

// Below this the parser costs nothing that one could measure.
const directFromBytes = 1 << 20;

/** One request and its response; a body that counts goes straight into the file. Rejects only with what the file or a callback threw. */
export async function httpAttempt(options: AttemptOptions): Promise<AttemptResult> {
  const { transfer, asked } = options;
  const { dispatcher, tap } = options.connection;
  const state = { verdict: undefined as Verdict | undefined, status: undefined as number | undefined, stalled: false };
  let control: Dispatcher.DispatchController | undefined;
  let writer: FileWriter | undefined;
  let direct: DirectBody | undefined;
  let ownFailure: Error | undefined;
  // Before the connection stands there is no controller yet: then the request is given up here and refused when it starts.
  let stopped: Error | undefined;
  let giveUp: (reason: Error) => void = () => {};
  const stop = (reason: Error) => {
    stopped ??= reason;
    if (control === undefined) giveUp(reason);
    else control.abort(reason);
  };
  const guard = (act: () => void) => {
    try {
      act();
    } catch (error) {
      ownFailure ??= ensureError(error);
      stop(new Error("stopped by the fetcher"));
    }
  };
  const arrived = (bytes: number) => {
    if (writer === undefined || ownFailure !== undefined) return;
    watch.received(bytes);
    if (direct?.isFull === true) watch.hold(true);
    const sizeBytes = writer.sizeBytes + (direct?.heldBytes ?? 0);
    guard(() => transfer.onBytes(sizeBytes, state.verdict?.kind === "body" ? state.verdict.totalBytes : undefined));
  };
  using watch = new StallWatch(options.stallTimeoutMs, () => {
    state.stalled = true;
    stop(new Error("stalled"));
  });
  const onAbort = () => stop(new Error("aborted"));
  transfer.signal.addEventListener("abort", onAbort, { once: true });

  const failure = await new Promise<Error | undefined>((resolve) => {
    giveUp = resolve;
    const drained = () => {
      if (writer?.failure !== undefined) return stop(writer.failure);
      watch.hold(false);
      if (direct !== undefined) tap?.resume();
      else if (control?.paused === true) control.resume();
    };
    dispatcher.dispatch(
      {
        origin: options.url.origin,
        path: options.url.pathname + options.url.search,
        method: "GET",
        headers: options.headers,
      },
      {
        onRequestStart(controller) {
          control = controller;
          if (stopped !== undefined) controller.abort(stopped);
        },
        onResponseStart(controller, status, headers, statusText) {
          if (status < 200) return;
          state.status = status;
          const verdict = judgeResponse({ status, headers }, asked, statusText ?? "");
          state.verdict = verdict;
          if (verdict.kind !== "body") return controller.abort(new Error("not wanted"));
          writer = new FileWriter(transfer.file, verdict.startAt, drained);
          guard(() => transfer.onStart(verdict.totalBytes));
          const lengthBytes = framedLength({ status, headers }) ?? 0;
          if (tap === undefined || lengthBytes < directFromBytes) return;
          const body = new DirectBody(writer, lengthBytes, arrived, () => resolve(undefined));
          direct = body;
          // A paused parser puts what it has read past the head back into the socket, as soon as this call returns.
          controller.pause();
          queueMicrotask(() => tap.takeOver(body));
        },
        onResponseData(controller, chunk) {
          if (writer === undefined || ownFailure !== undefined) return;
          if (!writer.push(chunk)) {
            watch.hold(true);
            controller.pause();
          }
          arrived(chunk.length);
        },
        onResponseEnd: () => resolve(undefined),
        onResponseError: (_controller, error) => resolve(error),
      },
    );
  });
  transfer.signal.removeEventListener("abort", onAbort);
  direct?.flush();
  await writer?.finish();
  if (ownFailure !== undefined) throw ownFailure;
  return { ...state, failure, receivedBytes: writer?.sizeBytes ?? asked.offset };
}
