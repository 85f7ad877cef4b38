import type { Writable } from "node:stream";
import { FetchError } from "../errors.ts";
import { openTarSink } from "./tar-sink.ts";
import type { UnpackOptions } from "./unpack-options.ts";

/** Feeds an unpacker and waits for it. What went wrong first is thrown: our judgement, or what the unpacker met on the disk. */
export async function withSink(options: UnpackOptions, feed: (input: Writable) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const sink = await openTarSink(options, AbortSignal.any([options.signal, stop.signal]));
  const feeding = feed(sink.input);
  try {
    await Promise.race([feeding, failureOf(sink.done)]);
    await sink.done;
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof FetchError) throw error;
    // A pipe that closed under our hands: the unpacker knows why.
    await sink.done;
    throw error;
  } finally {
    stop.abort();
    sink.input.destroy();
    await Promise.allSettled([feeding, sink.done]);
  }
}

/** Settles only when the unpacker fails. */
function failureOf(done: Promise<void>): Promise<never> {
  return new Promise((_resolve, reject) => {
    done.catch(reject);
  });
}
