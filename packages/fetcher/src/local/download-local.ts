import { stat } from "node:fs/promises";
import { FetchError } from "../errors.ts";
import type { Identity } from "../run-as.ts";
import { errnoOf } from "../system-error.ts";
import type { Transfer, TransferOutcome } from "../transfer.ts";
import { copyAsSelf } from "./copy-as-self.ts";
import { copyAsUser } from "./copy-as-user.ts";
import { openRegular } from "./open-regular.ts";

export interface LocalDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stallTimeoutMs: number;
}

/** A file of this host, read with the rights of `identity` (ours when undefined). */
export async function downloadLocal(
  deps: LocalDeps,
  path: string,
  identity: Identity | undefined,
  transfer: Transfer,
): Promise<TransferOutcome> {
  const etag = await versionOf(path);
  if (etag !== undefined && transfer.known?.etag === etag) return { kind: "unchanged" };
  const sizeBytes =
    identity === undefined
      ? await copyOwn(path, transfer)
      : await copyAsUser({ ...deps, path, identity, progressIntervalMs: 100 }, transfer);
  return { kind: "fetched", sizeBytes, validators: { etag, sizeBytes } };
}

async function copyOwn(path: string, transfer: Transfer): Promise<number> {
  const source = await openRegular(path).catch((error: unknown) => {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR")
      throw new FetchError("not-found", `there is no file '${path}'`, { cause: error });
    if (errno === "ENXIO") throw new FetchError("unsupported", "the source is not a regular file", { cause: error });
    throw error;
  });
  try {
    return await copyAsSelf(source, transfer);
  } finally {
    await source.close();
  }
}

/** Changes whenever the file does; undefined when it cannot be seen. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path, { bigint: true });
    return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
  } catch {
    return undefined;
  }
}
