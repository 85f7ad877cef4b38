export {
  createMasterTaskRunner,
  type MasterTaskRunner,
  type MasterTaskRunnerOptions,
} from "./create-master-task-runner.ts";
export { TaskRunnerError, type TaskRunnerErrorCode } from "./errors.ts";
export { frameworkName, type KnownFramework, progressLabel } from "./framework-info.ts";
export type { MasterTaskRunnerDeps, MasterTaskTimes } from "./master-task.ts";
export { taskEnd } from "./task-end.ts";
export type * from "./task-runner.ts";
