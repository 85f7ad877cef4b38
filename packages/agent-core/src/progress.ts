import type { LaunchProgress } from "@berth/containerizer";
import type { FrameworkInfo } from "@berth/proto/v1";
import type { Timers } from "./timers.ts";

/** A framework with this label hears of fetches and pulls. */
export const progressLabel = "berth.progress";

/** At most four a second. */
const intervalMs = 250;

export function wantsProgress(framework: FrameworkInfo): boolean {
  return framework.labels?.labels?.some(({ key }) => key === progressLabel) === true;
}

/** The data of the ExecutorToFrameworkMessage: `{"berth_progress": {"task_id", "phase", "detail"}}`. */
export function progressData(taskId: string, { phase, detail }: LaunchProgress): Uint8Array {
  const text = JSON.stringify({ berth_progress: { task_id: taskId, phase, detail } }, (_, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return Buffer.from(text);
}

/** Passes on what happens before a task runs, a few times a second; the last of a phase is never lost. */
export class ProgressThrottle {
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #send: (progress: LaunchProgress) => void;
  #sentAtMs = -Infinity;
  #held: LaunchProgress | undefined;
  #cancel: (() => void) | undefined;

  constructor(deps: {
    readonly timers: Timers;
    readonly now: () => number;
    readonly send: (progress: LaunchProgress) => void;
  }) {
    this.#timers = deps.timers;
    this.#now = deps.now;
    this.#send = deps.send;
  }

  add(progress: LaunchProgress): void {
    if (this.#held !== undefined && this.#held.phase !== progress.phase) this.flush();
    this.#held = progress;
    const waitMs = this.#sentAtMs + intervalMs - this.#now();
    if (waitMs <= 0) this.flush();
    else this.#cancel ??= this.#timers.start(waitMs, () => this.flush());
  }

  /** The task has left its preparation, or ended in it. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#held === undefined) return;
    const progress = this.#held;
    this.#held = undefined;
    this.#sentAtMs = this.#now();
    this.#send(progress);
  }

  /** Nothing more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#held = undefined;
  }
}
