import type { FlightEvents } from "./cache/flight.ts";
import type { FetchProgress } from "./fetcher.ts";

// Often enough for a bar, seldom enough to cost nothing.
const intervalMs = 100;

/** Turns what a transfer tells into the progress of one URI: bytes at most ten times a second, and the last of them. */
export class ProgressReporter {
  readonly #uri: string;
  readonly #report: ((progress: FetchProgress) => void) | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #receivedBytes = 0;
  #reportedBytes = -1;
  #totalBytes: number | undefined;

  constructor(uri: string, report: ((progress: FetchProgress) => void) | undefined) {
    this.#uri = uri;
    this.#report = report;
  }

  readonly events: FlightEvents = {
    onStart: (totalBytes) => {
      this.#totalBytes = totalBytes;
      this.#report?.({ kind: "started", uri: this.#uri, totalBytes });
    },
    onBytes: (receivedBytes, totalBytes) => {
      this.#receivedBytes = receivedBytes;
      this.#totalBytes = totalBytes;
      const nowMs = performance.now();
      if (nowMs - this.#lastMs < intervalMs) return;
      this.#lastMs = nowMs;
      this.#bytes();
    },
    onRetry: (attempt, delayMs, why) => this.#report?.({ kind: "retrying", uri: this.#uri, attempt, delayMs, why }),
  };

  waiting(): void {
    this.#report?.({ kind: "waiting", uri: this.#uri });
  }

  extracting(): void {
    this.#report?.({ kind: "extracting", uri: this.#uri });
  }

  fetched(sizeBytes: number, fromCache: boolean): void {
    if (this.#receivedBytes > 0) this.#bytes();
    this.#report?.({ kind: "fetched", uri: this.#uri, sizeBytes, fromCache });
  }

  #bytes(): void {
    if (this.#receivedBytes === this.#reportedBytes) return;
    this.#reportedBytes = this.#receivedBytes;
    this.#report?.({ kind: "bytes", uri: this.#uri, receivedBytes: this.#receivedBytes, totalBytes: this.#totalBytes });
  }
}
