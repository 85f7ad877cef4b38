import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Budget } from "./budget.ts";

export type ReceivedBody =
  /** `release` gives its place in the budget back. */
  | { readonly kind: "complete"; readonly body: Uint8Array; readonly release: () => void }
  | { readonly kind: "refused"; readonly status: 400 | 413 | 415 | 503; readonly reason: string }
  /** The connection ended in the middle of it. */
  | { readonly kind: "gone" };

const firstBytes = 4096;
/** What zlib takes for a stream, about. */
const gunzipBytes = 64 * 1024;

/**
 * Receives a body, gunzipped when it is encoded so. `done` is called once. What is refused is read to its end and thrown away, so that
 * the connection stays in step.
 */
export function receiveBody(
  request: IncomingMessage,
  budget: Budget,
  limitBytes: number,
  done: (received: ReceivedBody) => void,
): void {
  let buffer = Buffer.alloc(0);
  let length = 0;
  let settled = false;
  const settle = (received: ReceivedBody) => {
    if (settled) return;
    settled = true;
    if (received.kind !== "complete") hold.release();
    buffer = Buffer.alloc(0);
    done(received);
  };
  const refuse = (status: 400 | 413 | 415 | 503, reason: string) => {
    if (settled) return;
    source.off("data", take);
    request.unpipe();
    if (source !== request) source.destroy();
    request.resume();
    settle({ kind: "refused", status, reason });
  };
  const hold = budget.hold(() => refuse(503, "too much is being received at once"));

  // Chunks are copied: one byte of a segment would keep the whole segment in memory.
  const take = (chunk: Buffer) => {
    const needed = length + chunk.byteLength;
    if (needed > limitBytes) {
      refuse(413, `a message may have ${limitBytes} bytes`);
      return;
    }
    if (needed > buffer.byteLength) {
      const grown = Math.min(limitBytes, Math.max(firstBytes, needed, buffer.byteLength * 2));
      if (!hold.grow(grown - buffer.byteLength)) {
        refuse(503, "too much is being received at once");
        return;
      }
      const larger = Buffer.allocUnsafeSlow(grown);
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    chunk.copy(buffer, length);
    length = needed;
  };

  const encoding = request.headers["content-encoding"]?.trim().toLowerCase();
  let source: Readable = request;
  request.on("error", () => settle({ kind: "gone" }));
  request.on("close", () => {
    if (!request.complete) settle({ kind: "gone" });
  });
  if (encoding === "gzip" || encoding === "x-gzip") {
    source = createGunzip();
    source.on("error", () => refuse(400, "the body is no gzip"));
    request.pipe(source as ReturnType<typeof createGunzip>);
    if (!hold.grow(gunzipBytes)) refuse(503, "too much is being received at once");
  } else if (encoding !== undefined && encoding !== "" && encoding !== "identity") {
    refuse(415, "only gzip is understood");
  } else if (Number(request.headers["content-length"]) > limitBytes) {
    refuse(413, `a message may have ${limitBytes} bytes`);
  }
  if (settled) return;
  source.on("data", take);
  source.on("end", () => {
    if (settled) return;
    if (!request.complete) {
      settle({ kind: "gone" });
      return;
    }
    // Who keeps a small body should not keep the room that it had to grow.
    const body = new Uint8Array(buffer.buffer, 0, length);
    const kept = length * 2 < buffer.byteLength ? body.slice() : body;
    settle({ kind: "complete", body: kept, release: () => hold.release() });
  });
}
