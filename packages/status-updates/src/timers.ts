/** What the streams need of time; `{ set: setTimeout, clear: clearTimeout }` will do. */
export interface Timers<Handle> {
  set(callback: () => void, delayMs: number): Handle;
  clear(handle: Handle): void;
}
