/** How many short calls of a class may be under way at once. More would only queue inside the engine, where nothing can leave the queue. */
export interface CallLimits {
  /** create and start. */
  readonly launch: number;
  /** stop and remove. */
  readonly end: number;
  /** kill, pause, unpause, update, tag: quick, and never to wait behind a stop or a removal. */
  readonly control: number;
  /** Everything that only reads. */
  readonly inspect: number;
  /** One at a time: engines answer concurrent image removals with errors. */
  readonly imageRemove: number;
}

export type CallClass = keyof CallLimits;

export const defaultLimits: CallLimits = { launch: 24, end: 8, control: 16, inspect: 16, imageRemove: 1 };
