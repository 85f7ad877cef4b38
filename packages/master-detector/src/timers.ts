/** Starts a timer; what it returns cancels it. Node's own: `systemTimers`. */
export interface Timers {
  start(delayMs: number, onElapsed: () => void): () => void;
}

/** Node's timers. They keep the process alive, as what watches for a master should. */
export const systemTimers: Timers = {
  start(delayMs, onElapsed) {
    const timer = setTimeout(onElapsed, delayMs);
    return () => clearTimeout(timer);
  },
};
