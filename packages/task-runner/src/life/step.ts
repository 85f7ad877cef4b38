import type { TaskState, TaskStatus, TaskStatus_Reason } from "@berth/proto/v1";
import type { LifeEffect, TaskLife } from "./task-life.ts";

/** What a transition comes to. */
export interface Step {
  readonly life: TaskLife;
  readonly effects: readonly LifeEffect[];
}

export function stay(life: TaskLife, ...effects: readonly LifeEffect[]): Step {
  return { life, effects };
}

/** The end, told to those who watch. */
export function end(life: TaskLife, status: TaskStatus, ...before: readonly LifeEffect[]): Step {
  const ended: TaskLife = { ...life, phase: "ended", lastState: status.state, hearsay: undefined };
  return { life: ended, effects: [...before, { kind: "report", status }, { kind: "end", status }] };
}

/** A status that nobody sent: made here because nobody will. */
export function ownStatus(
  { task, offer }: TaskLife,
  nowMs: number,
  fields: { readonly state: TaskState; readonly reason?: TaskStatus_Reason; readonly message: string },
): TaskStatus {
  return {
    taskId: task.taskId,
    source: "SOURCE_MASTER",
    timestamp: nowMs / 1000,
    ...fields,
    ...(offer?.agentId !== undefined && { agentId: offer.agentId }),
  };
}
