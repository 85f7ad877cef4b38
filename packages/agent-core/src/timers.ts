/** Starts a timer; what it returns cancels it. */
export interface Timers {
  start(delayMs: number, onElapsed: () => void): () => void;
}

export const systemTimers: Timers = {
  start(delayMs, onElapsed) {
    const timer = setTimeout(onElapsed, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
