/** Bytes of answers that wait for their peers, all together. */
export interface AnswerBudget {
  /**
   * Takes room, and returns what gives it back. When there is none, whoever has been reading longest is given up, if that is long
   * enough: `onEvicted` is called. Undefined when there is nobody to give up.
   */
  hold(bytes: number, onEvicted: () => void): (() => void) | undefined;
}

interface Held {
  readonly bytes: number;
  readonly onEvicted: () => void;
  readonly timer: NodeJS.Timeout;
  slow: boolean;
}

/** `slowAfterMs` is the time in which anybody has read any answer who wants to. */
export function createAnswerBudget(totalBytes: number, slowAfterMs: number): AnswerBudget {
  const all = new Set<Held>();
  let taken = 0;
  const give = (held: Held) => {
    if (!all.delete(held)) return;
    clearTimeout(held.timer);
    taken -= held.bytes;
  };
  return {
    hold(bytes, onEvicted) {
      // In the order of their coming: when one is not slow, none behind it is.
      for (const oldest of all) {
        if (taken + bytes <= totalBytes || !oldest.slow || bytes > totalBytes) break;
        give(oldest);
        oldest.onEvicted();
      }
      if (taken + bytes > totalBytes) return undefined;
      const held: Held = { bytes, onEvicted, slow: false, timer: setTimeout(() => (held.slow = true), slowAfterMs) };
      held.timer.unref();
      all.add(held);
      taken += bytes;
      return () => give(held);
    },
  };
}
