import type { IncomingMessage } from "node:http";

const maxDrainBytes = 4 * 1024 * 1024;
const maxDrainMs = 5_000;

/** Reads and forgets what is left of a request, within bounds. Never rejects. */
export function drainRequest(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let drained = 0;
    const onData = (chunk: Buffer) => {
      drained += chunk.byteLength;
      if (drained > maxDrainBytes) done();
    };
    const done = () => {
      clearTimeout(timer);
      request.off("data", onData).off("end", done).off("close", done).pause();
      resolve();
    };
    const timer = setTimeout(done, maxDrainMs);
    request.on("data", onData).on("end", done).on("close", done);
    request.on("error", () => {}); // an abort; `close` follows
    request.resume();
  });
}
