import { constants } from "node:os";
import type { TaskEnd } from "@berth/task-runner";

export const exitCodes = {
  usage: 2,
  maxCompletionTime: 124,
  invalid: 1,
  failed: 1,
  notRun: 125,
  endedOtherwise: 1,
  outOfMemory: 137,
} as const;

/** What `berth run` exits with. `interruptedBy` is the signal that made us kill the task. */
export function exitCodeOf(end: TaskEnd, interruptedBy: NodeJS.Signals | undefined): number {
  const { status, exitCode, killSignal } = end;
  // A terminal sends Ctrl-C to our children too: a fetch may fail of it before the kill gets there.
  const ended = status.state === "TASK_KILLED" || (exitCode === undefined && status.state !== "TASK_FINISHED");
  if (interruptedBy !== undefined && ended) return signalExitCode(interruptedBy);
  if (end.outOfMemory) return exitCodes.outOfMemory;
  if (status.reason === "REASON_MAX_COMPLETION_TIME_REACHED") return exitCodes.maxCompletionTime;
  if (status.state === "TASK_FINISHED") return exitCode ?? 0;
  // The engine puts a signal into the code as well (137), and a shell in the container may have passed on another one.
  if (exitCode !== undefined && exitCode !== 0) return exitCode;
  const signal = killSignal === undefined ? undefined : constants.signals[killSignal as NodeJS.Signals];
  if (signal !== undefined) return 128 + signal;
  return exitCode === 0 ? exitCodes.endedOtherwise : exitCodes.notRun;
}

/** As a shell has it for a program that a signal ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
