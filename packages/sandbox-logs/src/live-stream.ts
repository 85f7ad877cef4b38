import type { Readable } from "node:stream";
import { FrameDecoder, type FrameSink, RawDecoder } from "./frame-decoder.ts";
import type { StreamEnd } from "./live-state.ts";

export interface LiveStreamEvents extends FrameSink {
  /** After each chunk has been taken apart. */
  readonly onChunk: () => void;
  /** Once; nothing comes after it. Not called after `destroy`. */
  readonly onEnd: (end: StreamEnd) => void;
}

/** Reads one connection to its end and says how it ended. */
export class LiveStream {
  readonly #stream: Readable;
  #over = false;

  constructor(stream: Readable, tty: boolean, events: LiveStreamEvents) {
    this.#stream = stream;
    const decoder = tty ? new RawDecoder(events) : new FrameDecoder(events);
    const end = (clean: boolean, why: string) => {
      if (this.#over) return;
      this.destroy();
      events.onEnd({ clean, why });
    };
    stream.on("data", (chunk: Buffer) => {
      if (this.#over) return;
      const fault = decoder.push(chunk);
      if (fault?.kind === "engine-error") end(false, `the engine reports: ${fault.message}`);
      else if (fault !== undefined) end(false, `no frame of the Engine API at byte ${fault.offset}: ${fault.header}`);
      else events.onChunk();
    });
    stream.on("end", () =>
      end(decoder.atBoundary, decoder.atBoundary ? "the stream ended" : "the stream ended within a frame"),
    );
    stream.on("error", (error: Error) => end(false, `the stream broke: ${error.message}`));
    stream.on("close", () => end(false, "the stream was closed without an end"));
  }

  get paused(): boolean {
    return this.#stream.isPaused();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#over) this.#stream.resume();
  }

  destroy(): void {
    this.#over = true;
    this.#stream.destroy();
  }
}
