import { FetchError } from "../errors.ts";
import { detectFormat } from "./detect.ts";
import type { UnpackOptions } from "./unpack-options.ts";
import { unpackTar } from "./unpack-tar.ts";
import { unpackZip } from "./unpack-zip.ts";

/** Unpacks an archive of any kind we know into an empty private folder. Rejects with FetchError; the folder is then the caller's to remove. */
export async function unpack(options: UnpackOptions): Promise<void> {
  const head = Buffer.alloc(512);
  const { bytesRead } = await options.archive.read(head, 0, head.length, 0);
  const format = detectFormat(head.subarray(0, bytesRead));
  if (format === undefined)
    throw new FetchError("archive-damaged", "the file is no archive: neither tar nor zip, nor compressed tar");
  await (format === "zip" ? unpackZip(options) : unpackTar(format, options));
}
