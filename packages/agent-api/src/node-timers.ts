import type { PacedDeps } from "./paced.ts";
import type { VerbosityTimers } from "./verbosity.ts";

/** Node's timers. */
export const nodeTimers: VerbosityTimers & PacedDeps = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
  wait: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};
