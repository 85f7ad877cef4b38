import type { Event } from "@berth/proto/v1/scheduler";
import { formatResources } from "@berth/resources";
import { progressOf } from "../progress-message.ts";
import { killAgain, killAsked } from "./kills.ts";
import { offersCame } from "./offers.ts";
import { end, ownStatus, stay, type Step } from "./step.ts";
import type { LifeEffect, LifeEvent, TaskLife, TimerName } from "./task-life.ts";
import { needsReconciliation, statusCame } from "./updates.ts";

/** Everything that can happen to one task, as its scheduler sees it. Pure. */
export function transition(life: TaskLife, event: LifeEvent, nowMs: number): Step {
  switch (event.type) {
    case "subscribed":
      return subscribed(life, event.again);
    case "master":
      return masterSaid(life, event.event, nowMs);
    case "kill":
      return killAsked(life, event.kill, nowMs);
    case "accept-refused":
      return lost(life, nowMs, { state: "TASK_ERROR", reason: "REASON_TASK_INVALID", message: event.why });
    case "framework-lost":
      return lost(life, nowMs, { state: "TASK_LOST", reason: "REASON_FRAMEWORK_REMOVED", message: event.why });
    case "given-up":
      return lost(life, nowMs, { state: "TASK_LOST", message: "Left before the end of the task was known" });
    case "timer":
      return timeCame(life, event.name);
  }
}

function subscribed(life: TaskLife, again: boolean): Step {
  if (life.phase === "waiting") return again ? stay(life) : stay(life, { kind: "timer", name: "notice" });
  if (life.phase === "ended") return stay(life, { kind: "call", call: { type: "SUPPRESS" } });
  return stay(life, { kind: "call", call: { type: "SUPPRESS" } }, ...reconcile(life), ...killAgain(life), {
    kind: "timer",
    name: "reconcile",
  });
}

function masterSaid(life: TaskLife, event: Event, nowMs: number): Step {
  switch (event.type) {
    case "OFFERS":
      return offersCame(life, event.offers?.offers ?? []);
    case "UPDATE":
      return event.update?.status === undefined ? stay(life) : statusCame(life, event.update.status, nowMs);
    case "MESSAGE": {
      const progress = progressOf(event.message?.data ?? new Uint8Array(), life.task.taskId?.value ?? "");
      return progress === undefined || life.phase === "ended" ? stay(life) : stay(life, { kind: "progress", progress });
    }
    case "ERROR": {
      const message = `The master ended the framework: ${event.error?.message ?? ""}`;
      return lost(life, nowMs, { state: "TASK_LOST", reason: "REASON_FRAMEWORK_REMOVED", message });
    }
    default:
      return stay(life); // a heartbeat, or nothing that concerns one task
  }
}

function timeCame(life: TaskLife, name: TimerName): Step {
  switch (name) {
    case "notice":
      return life.phase === "waiting" ? stay(life, { kind: "notice", text: waitingFor(life) }) : stay(life);
    case "reconcile":
      return needsReconciliation(life) ? stay(life, ...reconcile(life), { kind: "timer", name }) : stay(life);
    case "hearsay":
      return life.phase === "launched" && life.hearsay !== undefined ? end(life, life.hearsay) : stay(life);
  }
}

function waitingFor({ task, lacking }: TaskLife): string {
  const why = lacking === undefined ? "no agent has offered anything yet" : lacking;
  return `waiting for an offer of ${formatResources(task.resources ?? [])}: ${why}`;
}

function reconcile({ task, offer }: TaskLife): readonly LifeEffect[] {
  const asked = { taskId: task.taskId, ...(offer?.agentId !== undefined && { agentId: offer.agentId }) };
  return [{ kind: "call", call: { type: "RECONCILE", reconcile: { tasks: [asked] } } }];
}

function lost(life: TaskLife, nowMs: number, fields: Parameters<typeof ownStatus>[2]): Step {
  return life.phase === "ended" ? stay(life) : end(life, ownStatus(life, nowMs, fields));
}
