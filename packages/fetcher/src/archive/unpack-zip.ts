import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import { FetchError } from "../errors.ts";
import { toFetchError } from "../system-error.ts";
import { ArchivePolicy } from "./archive-policy.ts";
import type { ArchiveEntry } from "./entry.ts";
import { TarWriter } from "./tar-writer.ts";
import type { UnpackOptions } from "./unpack-options.ts";
import { withSink } from "./with-sink.ts";

const maxLinkBytes = 4096;
const typeMask = 0o170000;

/** Reads a zip by its central directory and hands its entries on as a tar, so that one way of unpacking serves all. A repeated name: the last wins. */
export async function unpackZip(options: UnpackOptions): Promise<void> {
  const { size } = await options.archive.stat();
  const policy = new ArchivePolicy(options.limits, size);
  await withSink(options, async (input) => {
    const writer = new TarWriter(input);
    try {
      const zip = await yauzl.fromFdPromise(options.archive.fd, {
        autoClose: false,
        decodeStrings: false,
        lazyEntries: true,
      });
      for await (const raw of zip.eachEntry()) {
        options.signal.throwIfAborted();
        await handOn(zip, raw, policy, writer);
      }
    } catch (error) {
      if (error instanceof FetchError) throw error;
      options.signal.throwIfAborted();
      throw damaged(error);
    }
    await writer.end();
  });
}

async function handOn(zip: yauzl.ZipFile, raw: yauzl.Entry, policy: ArchivePolicy, writer: TarWriter): Promise<void> {
  if (raw.isEncrypted()) throw new FetchError("unsupported", "the archive is encrypted");
  const described = describe(raw);
  policy.announce(described.sizeBytes);
  if (described.kind === "symlink") {
    const linkTarget = (await content(zip, raw, policy)).toString("latin1");
    const link = policy.admit({ ...described, linkTarget, sizeBytes: 0 });
    if (link !== undefined) writer.entry(link);
    await writer.drain();
    return;
  }
  const admitted = policy.admit(described);
  if (admitted === undefined) return;
  writer.entry(admitted);
  if (admitted.sizeBytes > 0) {
    for await (const chunk of checked(zip, raw, policy)) {
      writer.data(chunk);
      await writer.drain();
    }
  }
  writer.endEntry(admitted.sizeBytes);
  await writer.drain();
}

function describe(raw: yauzl.Entry): ArchiveEntry {
  const text = yauzl.getFileNameLowLevel(raw.generalPurposeBitFlag, raw.fileNameRaw, raw.extraFields, false);
  const name = Buffer.from(text, "utf8").toString("latin1");
  // The upper half holds the mode only when the archive was made on a Unix.
  const unix = raw.versionMadeBy >> 8 === 3 ? raw.externalFileAttributes >>> 16 : 0;
  const type = unix & typeMask;
  const kind = name.endsWith("/") || type === 0o040000 ? "directory" : type === 0o120000 ? "symlink" : "file";
  if (type === 0o060000 || type === 0o020000 || type === 0o010000 || type === 0o140000) {
    throw new FetchError("archive-escape", `the archive's entry '${text}' is a device, pipe or socket`);
  }
  if (kind === "symlink" && raw.uncompressedSize > maxLinkBytes) {
    throw new FetchError("archive-damaged", `the archive's entry '${text}' is a link of ${raw.uncompressedSize} bytes`);
  }
  return {
    kind,
    name,
    linkTarget: "",
    sizeBytes: kind === "directory" ? 0 : raw.uncompressedSize,
    mode: (unix & 0o777) === 0 ? (kind === "directory" ? 0o755 : 0o644) : unix & 0o7777,
    modified: Math.trunc(raw.getLastModDate().getTime() / 1000),
  };
}

async function content(zip: yauzl.ZipFile, raw: yauzl.Entry, policy: ArchivePolicy): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of checked(zip, raw, policy)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The content of an entry; throws when its length (yauzl sees to that) or its CRC is not what the directory says. */
async function* checked(zip: yauzl.ZipFile, raw: yauzl.Entry, policy: ArchivePolicy): AsyncGenerator<Buffer> {
  let crc = 0;
  for await (const chunk of await zip.openReadStreamPromise(raw)) {
    const bytes = chunk as Buffer;
    policy.expanded(bytes.length);
    crc = crc32(bytes, crc);
    yield bytes;
  }
  if (crc !== raw.crc32) throw new FetchError("archive-damaged", "the archive is damaged: an entry has a wrong CRC");
}

function damaged(error: unknown): FetchError {
  const { reason } = toFetchError(error, undefined);
  return new FetchError("archive-damaged", `the archive is damaged: ${reason}`, { cause: error });
}
