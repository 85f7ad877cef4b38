/** How long a stream may be silent before it counts as broken. May change while the stream runs. */
export interface SilenceLimit {
  limitMs: number;
}

/**
 * The source as it is, until it has been silent for too long: then `onSilent`, which is to end the source. A reader that takes its time does
 * not count as silence.
 */
export async function* limitSilence(
  source: AsyncIterable<Uint8Array>,
  limit: SilenceLimit,
  onSilent: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => (timer = setTimeout(onSilent, limit.limitMs));
  wait();
  try {
    for await (const chunk of source) {
      clearTimeout(timer);
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
