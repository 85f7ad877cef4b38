import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import { HttpEndpointsError } from "./errors.ts";
import { createGrowingBuffer } from "./growing-buffer.ts";

export interface ReadBodyOptions {
  readonly limitBytes: number;
  /** For the whole of it. */
  readonly timeoutMs: number;
  /** Asked for room before it is there; false ends it with `too-many-bodies`. */
  readonly take: (bytes: number) => boolean;
}

/**
 * The whole body, inflated when it is gzip. A limit holds for what it inflates to, so a small bomb stays small. Rejects with
 * HttpEndpointsError; the connection is left as it is, so that the refusal can still be answered.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Uint8Array> {
  const { limitBytes, timeoutMs, take } = options;
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const zipped = encoding === "gzip" || encoding === "x-gzip";
  if (!zipped && encoding !== "identity") {
    return Promise.reject(new HttpEndpointsError("unsupported-encoding", "Expecting 'Content-Encoding' to be gzip"));
  }
  const announced = request.headers["content-length"];
  // Gzip is never much more than what it holds.
  if (announced !== undefined && Number(announced) > limitBytes) return Promise.reject(tooLarge(limitBytes));
  const mostBytes = zipped || announced === undefined ? limitBytes : Number(announced);

  return new Promise((resolve, reject) => {
    const gunzip: Gunzip | undefined = zipped ? request.pipe(createGunzip()) : undefined;
    const source: Readable = gunzip ?? request;
    const received = createGrowingBuffer(mostBytes, take);
    const timer = setTimeout(
      () => fail(new HttpEndpointsError("body-timeout", `The body did not come within ${timeoutMs / 1000} seconds`)),
      timeoutMs,
    );
    const onData = (chunk: Buffer) => {
      if (received.length + chunk.byteLength > limitBytes) return fail(tooLarge(limitBytes));
      if (!received.append(chunk)) {
        return fail(new HttpEndpointsError("too-many-bodies", "Too many requests are being read, try again later"));
      }
    };
    const onEnd = () => {
      settle();
      resolve(received.bytes());
    };
    const onInflateError = (cause: Error) =>
      fail(new HttpEndpointsError("malformed-body", `Failed to inflate the body: ${cause.message}`, { cause }));
    const onClose = () => {
      if (!request.complete) fail(new HttpEndpointsError("peer-gone", "the peer went away within its request"));
    };
    const settle = () => {
      clearTimeout(timer);
      source.off("data", onData).off("end", onEnd);
      request.off("close", onClose);
    };
    const fail = (error: HttpEndpointsError) => {
      settle();
      request.pause();
      if (gunzip !== undefined) {
        request.unpipe(gunzip);
        gunzip.destroy();
      }
      reject(error);
    };
    gunzip?.on("error", onInflateError);
    source.on("data", onData).on("end", onEnd);
    // An abort comes as an error too, and an error that nobody hears ends the process.
    request.on("close", onClose).on("error", () => {});
  });
}

function tooLarge(limitBytes: number): HttpEndpointsError {
  return new HttpEndpointsError("body-too-large", `The body is larger than ${limitBytes} bytes`, { limitBytes });
}
