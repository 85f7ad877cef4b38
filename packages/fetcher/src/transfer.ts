import type { FileHandle } from "node:fs/promises";

/** What tells a later fetch whether the source is still the same. Kept with a cached file. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** One source written into one open file; every kind of source fulfils it. */
export interface Transfer {
  /** The URI as it may be shown. */
  readonly shownUri: string;
  /** Empty and open for reading and writing. */
  readonly file: FileHandle;
  readonly signal: AbortSignal;
  /** What a cached copy was like: the transfer may then answer `unchanged` and leave the file empty. */
  readonly known: Validators | undefined;
  /** Each time a body begins. Whatever it throws ends the transfer. */
  readonly onStart: (totalBytes: number | undefined) => void;
  /** Bytes in the file so far. Whatever it throws ends the transfer. */
  readonly onBytes: (receivedBytes: number, totalBytes: number | undefined) => void;
  readonly onRetry: (attempt: number, delayMs: number, why: string) => void;
}

export type TransferOutcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "fetched"; readonly sizeBytes: number; readonly validators: Validators };
