export { TaskRunnerError, type TaskRunnerErrorCode } from "./errors.ts";
export { createLocalTaskRunner, type LocalTaskRunnerDeps, type LocalTaskRunnerOptions } from "./local-task-runner.ts";
export type * from "./task-runner.ts";
export { isTerminalState } from "./terminal-state.ts";
