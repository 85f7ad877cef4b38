import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { FetchError } from "../errors.ts";
import type { Directory } from "../fs/directory.ts";
import { copyAsSelf } from "../local/copy-as-self.ts";
import type { Identity } from "../run-as.ts";
import type { Transfer, TransferOutcome } from "../transfer.ts";
import type { HadoopClient } from "./hadoop-client.ts";

const name = "copy";

/**
 * hdfs, s3 and every other scheme, by the hadoop client run as the task's user. The client writes by path, so it gets a folder of its
 * own (`folder`, at `path`); what it left there is then read through an open descriptor, as a regular file or not at all.
 */
export async function downloadHadoop(
  client: HadoopClient,
  uri: string,
  identity: Identity | undefined,
  folder: Directory,
  path: string,
  transfer: Transfer,
): Promise<TransferOutcome> {
  const { known, signal } = transfer;
  const etag = known === undefined ? undefined : await client.version(uri, identity, signal);
  if (etag !== undefined && etag === known?.etag) return { kind: "unchanged" };
  await client.copyToLocal(uri, path, name, identity, signal);
  const source = await open(folder.child(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await source.stat();
    if (!stats.isFile()) throw new FetchError("client-failed", "the hadoop client left no regular file");
    const sizeBytes = await copyAsSelf(source, transfer);
    return { kind: "fetched", sizeBytes, validators: { etag, sizeBytes } };
  } finally {
    await source.close();
    await folder.remove(name);
  }
}
