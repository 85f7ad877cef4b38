import type { RecordDecoderOptions } from "./record-decoder.ts";
import { createRecordDecoder } from "./record-decoder.ts";
import { untilAborted } from "./until-aborted.ts";

export interface DecodeRecordsOptions extends RecordDecoderOptions {
  /** Ends the iteration and the source with the signal's reason, also while the source is silent. */
  readonly signal?: AbortSignal;
}

/**
 * The records of a RecordIO byte stream, for example of a response body. Throws what {@link createRecordDecoder}'s decoder
 * throws, after the records before the fault. Leaving the loop early ends the source.
 */
export async function* decodeRecords(
  source: AsyncIterable<Uint8Array>,
  options: DecodeRecordsOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal, ...decoderOptions } = options;
  const ready: Uint8Array[] = [];
  const decoder = createRecordDecoder((record) => ready.push(record), decoderOptions);
  for await (const chunk of signal === undefined ? source : untilAborted(source, signal)) {
    try {
      decoder.push(chunk);
    } finally {
      yield* ready.splice(0);
    }
  }
  decoder.end();
}
