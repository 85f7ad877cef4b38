import type { KillPolicy } from "@berth/proto/v1";
import { end, ownStatus, stay, type Step } from "./step.ts";
import type { KillWish, LifeEffect, TaskLife } from "./task-life.ts";

const atOnce: KillPolicy = { gracePeriod: { nanoseconds: 0n } };

export function killAsked(life: TaskLife, kill: KillWish, nowMs: number): Step {
  if (life.phase === "ended") return stay(life);
  const wished: TaskLife = { ...life, kill };
  if (life.phase === "waiting") return killedBeforeLaunch(wished, nowMs);
  return stay(wished, ...killAgain(wished));
}

/** The kill that was asked for; sent again after every subscription, since nobody tells whether one arrived. */
export function killAgain({ kill, task, offer }: TaskLife): readonly LifeEffect[] {
  if (kill === undefined) return [];
  const killPolicy = kill.force === true ? atOnce : kill.killPolicy;
  const agentId = offer?.agentId;
  return [
    {
      kind: "call",
      call: { type: "KILL", kill: { taskId: task.taskId, agentId, ...(killPolicy !== undefined && { killPolicy }) } },
    },
  ];
}

export function killedBeforeLaunch(life: TaskLife, nowMs: number, ...before: readonly LifeEffect[]): Step {
  const status = ownStatus(life, nowMs, {
    state: "TASK_KILLED",
    reason: "REASON_TASK_KILLED_DURING_LAUNCH",
    message: "Task killed before it was launched",
  });
  return end(life, status, ...before);
}
