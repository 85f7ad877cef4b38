import type { DurationInfo, KillPolicy, TaskInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

/** Milliseconds of a duration, undefined when it says nothing. */
export function durationMs(duration: DurationInfo | undefined): number | undefined {
  return duration?.nanoseconds === undefined ? undefined : Number(duration.nanoseconds) / 1e6;
}

/** How long a task may take to end by itself: the call's policy, the task's, the option. Never negative. */
export function graceMs(task: TaskInfo, call: KillPolicy | undefined, defaultKillGraceMs: number): number {
  const grace = durationMs(call?.gracePeriod) ?? durationMs(task.killPolicy?.gracePeriod) ?? defaultKillGraceMs;
  return Math.max(grace, 0);
}

export function checkDurations(task: TaskInfo, sink: FaultSink): void {
  if ((durationMs(task.killPolicy?.gracePeriod) ?? 0) < 0)
    sink.fault("kill_policy.grace_period", "is negative; 0 kills at once");
  if ((durationMs(task.maxCompletionTime) ?? 0) < 0)
    sink.fault("max_completion_time", "is negative; leave it out for no limit");
}
