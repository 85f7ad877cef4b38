import type { Format } from "./detect.ts";
import { ArchivePolicy } from "./archive-policy.ts";
import { decompress } from "./decompress.ts";
import { TarReader } from "./tar-reader.ts";
import { TarWriter } from "./tar-writer.ts";
import type { UnpackOptions } from "./unpack-options.ts";
import { withSink } from "./with-sink.ts";

/** Judges each entry as it streams by and hands on what passed: unpacking runs beside the judging, never ahead of it. */
export async function unpackTar(format: Exclude<Format, "zip">, options: UnpackOptions): Promise<void> {
  const { size } = await options.archive.stat();
  const policy = new ArchivePolicy(options.limits, size);
  await withSink(options, async (input) => {
    const writer = new TarWriter(input);
    const reader = new TarReader({
      entry(entry) {
        policy.announce(entry.sizeBytes);
        const admitted = policy.admit(entry);
        if (admitted !== undefined) writer.entry(admitted);
        return admitted !== undefined;
      },
      data: (chunk) => writer.data(chunk),
      endEntry: (sizeBytes) => writer.endEntry(sizeBytes),
    });
    for await (const chunk of decompress(format, options)) {
      options.signal.throwIfAborted();
      policy.expanded(chunk.length);
      reader.write(chunk);
      await writer.drain();
    }
    reader.end();
    await writer.end();
  });
}
