import type { FileHandle } from "node:fs/promises";
import type { ArchiveLimits } from "../fetcher-options.ts";
import type { Directory } from "../fs/directory.ts";
import type { Identity } from "../run-as.ts";

/** An open archive and the empty private folder that it goes into. */
export interface UnpackOptions {
  readonly archive: FileHandle;
  readonly into: Directory;
  /** Who unpacks and so owns the result; ourselves when undefined. */
  readonly identity: Identity | undefined;
  readonly limits: ArchiveLimits;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tar: "auto" | "system" | "library";
  readonly signal: AbortSignal;
}
