import type { CommandInfo_URI } from "@berth/proto/v1";

/** Who owns what is fetched: the task's user. */
export interface FetchUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, for reading local files; those of /etc/group when absent. */
  readonly groups?: readonly number[] | undefined;
}

/** What happens to one URI. Sizes in bytes; `totalBytes` is unknown when the server does not say. */
export type FetchProgress =
  | { readonly kind: "started"; readonly uri: string; readonly totalBytes: number | undefined }
  | {
      readonly kind: "bytes";
      readonly uri: string;
      readonly receivedBytes: number;
      readonly totalBytes: number | undefined;
    }
  | {
      readonly kind: "retrying";
      readonly uri: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly why: string;
    }
  | { readonly kind: "waiting"; readonly uri: string }
  | { readonly kind: "extracting"; readonly uri: string }
  | { readonly kind: "fetched"; readonly uri: string; readonly sizeBytes: number; readonly fromCache: boolean };

export interface FetchRequest {
  readonly containerId: string;
  readonly uris: readonly CommandInfo_URI[];
  /** Absolute path of a folder that exists. Nothing is written outside it. */
  readonly sandboxDirectory: string;
  /** The owner of what is fetched; left as it comes when absent. */
  readonly user?: FetchUser | undefined;
  /** Relative URIs stand below this folder (`--frameworks_home`; for `berth run` the folder of the task file). */
  readonly frameworksHome?: string | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FetchedUri {
  readonly uri: string;
  /** The file in the sandbox; for an archive that came through the cache there is none, only its contents. */
  readonly file: string | undefined;
  readonly sizeBytes: number;
  readonly fromCache: boolean;
  readonly extracted: boolean;
}

export interface FetcherMetrics {
  readonly taskFetchesSucceeded: number;
  readonly taskFetchesFailed: number;
  readonly cacheSizeTotalBytes: number;
  readonly cacheSizeUsedBytes: number;
}

/** Fetches the URIs of tasks. One instance serves a whole agent; it owns the cache folder. */
export interface Fetcher {
  /**
   * All URIs of one task, in parallel. Rejects with FetchError as soon as one fails, and then leaves no partial file of this call.
   * An aborted `signal` rejects with code `aborted`.
   */
  fetch(request: FetchRequest): Promise<readonly FetchedUri[]>;
  /** Checks without touching the network: what `fetch` would refuse at once. */
  validate(uris: readonly CommandInfo_URI[]): readonly { readonly index: number; readonly message: string }[];
  metrics(): FetcherMetrics;
  close(): Promise<void>;
}
