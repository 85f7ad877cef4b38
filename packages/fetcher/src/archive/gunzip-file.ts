import type { FileHandle } from "node:fs/promises";
import { FetchError } from "../errors.ts";
import { ArchivePolicy } from "./archive-policy.ts";
import { decompress } from "./decompress.ts";
import type { UnpackOptions } from "./unpack-options.ts";

/** A `.gz` that is one file: its plain content into an open, empty file. */
export async function gunzipFile(options: Omit<UnpackOptions, "into">, target: FileHandle): Promise<void> {
  const { size } = await options.archive.stat();
  if (size === 0) throw new FetchError("archive-damaged", "the archive is empty");
  const policy = new ArchivePolicy(options.limits, size);
  let position = 0;
  for await (const chunk of decompress("gzip", options)) {
    options.signal.throwIfAborted();
    policy.expanded(chunk.length);
    for (let done = 0; done < chunk.length;) {
      done += (await target.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
    }
    position += chunk.length;
  }
}
