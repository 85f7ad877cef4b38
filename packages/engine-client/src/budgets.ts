/** Milliseconds that each call may take, from the moment it is sent; waiting in the client's own queue does not count. */
export interface CallBudgets {
  readonly ping: number;
  readonly version: number;
  readonly info: number;
  readonly inspect: number;
  readonly list: number;
  readonly create: number;
  readonly start: number;
  /** On top of the grace period: an engine needs time of its own to end a container. */
  readonly stopMargin: number;
  readonly kill: number;
  readonly remove: number;
  readonly update: number;
  readonly pause: number;
  readonly imageInspect: number;
  readonly imageTag: number;
  readonly imageRemove: number;
  /** Until the engine has switched protocols; the stream itself has no budget. */
  readonly attach: number;
  /** Until the engine has accepted the wait, which it says with the headers; then it lasts as long as the container. */
  readonly wait: number;
  /** Until the answer's headers; the stream itself has no budget. */
  readonly logs: number;
  /** Until the answer's headers; the stream itself has no budget. */
  readonly events: number;
}

/**
 * What agents with years of service behind them found an engine under load to need: ECS's time-out table for the most part,
 * since its figures were measured on the smallest hosts. `pull` has none: it is timed by phase in whoever reads it.
 */
export const defaultBudgets: CallBudgets = {
  ping: 5_000,
  version: 10_000,
  info: 10_000,
  inspect: 30_000,
  list: 60_000,
  create: 240_000,
  start: 180_000,
  stopMargin: 120_000,
  kill: 30_000,
  remove: 300_000,
  update: 30_000,
  pause: 30_000,
  imageInspect: 30_000,
  imageTag: 30_000,
  imageRemove: 180_000,
  attach: 60_000,
  wait: 60_000,
  logs: 60_000,
  events: 60_000,
};
