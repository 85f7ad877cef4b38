import { isTerminalState } from "@berth/proto";
import type { TaskState, TaskStatus } from "@berth/proto/v1";
import type { Call } from "@berth/proto/v1/scheduler";
import { killedBeforeLaunch } from "./kills.ts";
import { end, stay, type Step } from "./step.ts";
import type { LifeEffect, TaskLife } from "./task-life.ts";

const mostLostOffers = 10;

/** How far a task has come. A status of less than the last is old news. */
const progressOf: Readonly<Partial<Record<TaskState, number>>> = {
  TASK_STAGING: 0,
  TASK_STARTING: 1,
  TASK_RUNNING: 2,
  TASK_KILLING: 3,
};

/** A status: acknowledged always, told when it is news. */
export function statusCame(before: TaskLife, status: TaskStatus, nowMs: number): Step {
  const acknowledgement = acknowledge(status);
  if (before.phase !== "launched" || status.taskId?.value !== before.task.taskId?.value) {
    return stay(before, ...acknowledgement);
  }
  const uuid = status.uuid === undefined ? undefined : Buffer.from(status.uuid).toString("hex");
  if (uuid !== undefined && before.seen.has(uuid)) return stay(before, ...acknowledgement);
  const life: TaskLife = uuid === undefined ? before : { ...before, seen: new Set([...before.seen, uuid]) };

  if (status.reason === "REASON_INVALID_OFFERS" && before.lastState === undefined) {
    return offerLost(life, status, acknowledgement, nowMs);
  }
  if (isOldNews(life, status)) return stay(life, ...acknowledgement);
  if (isHearsay(status)) {
    return stay({ ...life, hearsay: status }, ...acknowledgement, { kind: "timer", name: "hearsay" });
  }
  const { placed, effects } = placement(life, status);
  const known: TaskLife = { ...life, placed, lastState: status.state };
  if (isTerminalState(status.state)) return end(known, status, ...acknowledgement, ...effects);
  const watch: readonly LifeEffect[] = needsReconciliation(known) ? [{ kind: "timer", name: "reconcile" }] : [];
  return stay(known, ...acknowledgement, ...effects, { kind: "report", status }, ...watch);
}

/** Nothing will come by itself: no word of the task yet, or its agent is away. */
export function needsReconciliation({ phase, lastState }: TaskLife): boolean {
  if (phase !== "launched") return false;
  return (
    lastState === undefined ||
    lastState === "TASK_STAGING" ||
    lastState === "TASK_UNREACHABLE" ||
    lastState === "TASK_UNKNOWN"
  );
}

function acknowledge({ agentId, taskId, uuid, state }: TaskStatus): readonly LifeEffect[] {
  if (uuid === undefined || agentId === undefined) return []; // the master's own; it wants none
  const call: Call = { type: "ACKNOWLEDGE", acknowledge: { agentId, taskId, uuid } };
  return [{ kind: "call", call, acknowledges: state }];
}

/** The offer was gone before our answer came: the task has not been anywhere, and another offer will do. */
function offerLost(life: TaskLife, status: TaskStatus, acknowledgement: readonly LifeEffect[], nowMs: number): Step {
  if (life.kill !== undefined) return killedBeforeLaunch(life, nowMs, ...acknowledgement);
  if (life.lostOffers >= mostLostOffers) return end(life, status, ...acknowledgement);
  const waiting: TaskLife = { ...life, phase: "waiting", offer: undefined, lostOffers: life.lostOffers + 1 };
  return stay(waiting, ...acknowledgement, { kind: "call", call: { type: "REVIVE" } });
}

function isOldNews({ lastState }: TaskLife, { state, uuid }: TaskStatus): boolean {
  if (state === lastState) return uuid === undefined || state !== "TASK_RUNNING"; // RUNNING again may tell a new address
  if (uuid !== undefined || state === undefined) return false;
  const now = progressOf[state];
  const last = lastState === undefined ? undefined : progressOf[lastState];
  return state === "TASK_STAGING" || (now !== undefined && last !== undefined && now < last);
}

/** Reconciliation tells the state only; the agent goes on to send the status that says how the task ended. */
function isHearsay({ state, uuid, reason }: TaskStatus): boolean {
  if (uuid !== undefined || reason !== "REASON_RECONCILIATION") return false;
  return state === "TASK_FINISHED" || state === "TASK_FAILED" || state === "TASK_KILLED";
}

function placement(
  { offer, placed, task }: TaskLife,
  { containerStatus, executorId }: TaskStatus,
): { readonly placed: boolean; readonly effects: readonly LifeEffect[] } {
  const containerId = containerStatus?.containerId?.value;
  if (placed || offer === undefined || containerId === undefined) return { placed, effects: [] };
  const executor = executorId?.value ?? task.taskId?.value ?? "";
  return { placed: true, effects: [{ kind: "placed", offer, executorId: executor, containerId }] };
}
