import type { Validators } from "../transfer.ts";

/** What stands beside a cached file on disk. */
export interface CacheRecord {
  readonly version: 1;
  /** SHA-256 of user, URI and pin: the URI itself may hold secrets. */
  readonly key: string;
  /** Name of the file in the cache folder. */
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly validators: Validators;
}

/** Reads one record; undefined for anything that is not exactly one. */
export function parseRecord(text: string): CacheRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Partial<Record<keyof CacheRecord, unknown>>;
  const { version, key, fileName, sizeBytes, sha256, validators } = record;
  if (version !== 1 || typeof key !== "string" || !/^[0-9a-f]{64}$/.test(key)) return undefined;
  if (typeof fileName !== "string" || !fileNamePattern.test(fileName)) return undefined;
  if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return undefined;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  if (typeof validators !== "object" || validators === null) return undefined;
  return { version: 1, key, fileName, sizeBytes, sha256, validators: validatorsFrom(validators) };
}

/** Names of files in the cache folder: the pid of their maker, and chance. */
export const fileNamePattern = /^file-(\d+)-[0-9a-f]{16}$/;

function validatorsFrom(value: object): Validators {
  const found: Partial<Record<keyof Validators, unknown>> = value;
  return {
    etag: typeof found.etag === "string" ? found.etag : undefined,
    lastModified: typeof found.lastModified === "string" ? found.lastModified : undefined,
    sizeBytes: typeof found.sizeBytes === "number" ? found.sizeBytes : undefined,
  };
}
