/** One thing wrong with a task. */
export interface TaskFault {
  /** `container.docker.image`, as the task's JSON has it; "" is the whole. */
  readonly path: string;
  /** What is wrong and what to do. */
  readonly message: string;
  /** From 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}
