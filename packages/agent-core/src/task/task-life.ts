import { isTerminalState } from "@berth/proto";
import type { TaskState, TaskStatus_Reason } from "@berth/proto/v1";
import type { OwnStatus } from "../status/complete-status.ts";

/** One command task from its acceptance until the agent forgets it. */
export interface TaskLife {
  /** `preparing`: no containerizer has been asked to run it yet. `gone`: nothing of it runs, nothing will. */
  readonly container: "preparing" | "running" | "gone";
  /** Told last. */
  readonly state: TaskState;
  /** The master has acknowledged the terminal status. */
  readonly delivered: boolean;
  /** Its framework is gone: not a word more. */
  readonly silenced: boolean;
}

export type TaskEvent =
  /** Sandbox and checkpoint are there. */
  | { readonly type: "prepared" }
  | { readonly type: "preparation-failed"; readonly message: string }
  /** The executor's. */
  | { readonly type: "status"; readonly state: TaskState }
  /** The containerizer is done with it, as the launch's failure and the termination tell. */
  | { readonly type: "settled"; readonly failure?: string | undefined; readonly termination: Ending | undefined }
  | { readonly type: "kill" }
  /** ShutdownExecutorMessage. */
  | { readonly type: "shut-down" }
  /** ShutdownFrameworkMessage, or the agent ends. */
  | { readonly type: "silence" }
  | { readonly type: "delivered" };

export interface Ending {
  readonly state?: TaskState | undefined;
  readonly reason?: TaskStatus_Reason | undefined;
  readonly message?: string | undefined;
}

export type TaskEffect =
  | { readonly type: "launch" }
  /** By the kill policy. */
  | { readonly type: "kill" }
  /** Kill, and destroy after the grace. */
  | { readonly type: "shut-down" }
  /** Send on the status that the event came with. */
  | { readonly type: "tell-status" }
  | { readonly type: "tell-own"; readonly status: OwnStatus }
  /** After the terminal one. */
  | { readonly type: "drop-status" }
  /** The master has booked an executor that will never be. */
  | { readonly type: "tell-exited-executor" }
  | { readonly type: "count-launch-error" }
  | { readonly type: "forget" };

export interface TaskTransition {
  readonly life: TaskLife;
  readonly effects: readonly TaskEffect[];
}

export const newTask: TaskLife = {
  container: "preparing",
  state: "TASK_STAGING",
  delivered: false,
  silenced: false,
};

/** Whether the task has had its last status, or will have none. */
export function hasEnded(life: TaskLife): boolean {
  return life.silenced || isTerminalState(life.state);
}

/** Source: wire facts 2.4, containerizer facts 2.5 and 2.6. */
export function taskTransition(life: TaskLife, event: TaskEvent): TaskTransition {
  const next = react(life, event);
  return !isOver(life) && isOver(next.life) ? { ...next, effects: [...next.effects, { type: "forget" }] } : next;
}

function isOver(life: TaskLife): boolean {
  return life.container === "gone" && (life.silenced || life.delivered);
}

function react(life: TaskLife, event: TaskEvent): TaskTransition {
  switch (event.type) {
    case "prepared":
      if (life.container !== "preparing") return stay(life);
      return hasEnded(life) ? stay({ ...life, container: "gone" }) : move({ ...life, container: "running" }, "launch");
    case "preparation-failed": {
      const gone: TaskLife = { ...life, container: "gone" };
      if (hasEnded(life)) return stay(gone);
      const message = `Failed to launch container: ${event.message}`;
      const told = tellOwn(gone, { state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED", message });
      return also(told, { type: "count-launch-error" }, { type: "tell-exited-executor" });
    }
    case "status":
      return hasEnded(life) ? move(life, "drop-status") : move({ ...life, state: event.state }, "tell-status");
    case "settled": {
      const gone: TaskLife = { ...life, container: "gone" };
      const told = hasEnded(life) ? stay(gone) : tellOwn(gone, endingStatus(event.failure, event.termination));
      return event.failure === undefined ? told : also(told, { type: "count-launch-error" });
    }
    case "kill":
    case "shut-down":
      return end(life, event.type);
    case "silence": {
      const silenced: TaskLife = { ...life, silenced: true };
      return life.container === "running" ? move(silenced, "shut-down") : stay(silenced);
    }
    case "delivered":
      return stay(isTerminalState(life.state) ? { ...life, delivered: true } : life);
  }
}

function end(life: TaskLife, how: "kill" | "shut-down"): TaskTransition {
  // A container that outlives its task's last status is hurried, a task that has ended is not killed again.
  if (life.container === "running") return hasEnded(life) && how === "kill" ? stay(life) : move(life, how);
  if (life.container === "gone" || hasEnded(life)) return stay(life);
  const told = tellOwn(life, {
    state: "TASK_KILLED",
    reason: "REASON_TASK_KILLED_DURING_LAUNCH",
    message: "Killed before delivery to the executor",
  });
  return also(told, { type: "tell-exited-executor" });
}

/** For a task whose executor could not send a last status itself. */
function endingStatus(failure: string | undefined, termination: Ending | undefined): OwnStatus {
  const state = termination?.state;
  return {
    state: state !== undefined && isTerminalState(state) ? state : "TASK_FAILED",
    reason:
      termination?.reason ?? (failure === undefined ? "REASON_EXECUTOR_TERMINATED" : "REASON_CONTAINER_LAUNCH_FAILED"),
    message:
      failure === undefined
        ? (termination?.message ?? "Executor terminated")
        : `Failed to launch container: ${failure}`,
  };
}

function stay(life: TaskLife): TaskTransition {
  return { life, effects: [] };
}

function move(life: TaskLife, type: "launch" | "kill" | "shut-down" | "tell-status" | "drop-status"): TaskTransition {
  return { life, effects: [{ type }] };
}

function tellOwn(life: TaskLife, status: OwnStatus): TaskTransition {
  return { life: { ...life, state: status.state }, effects: [{ type: "tell-own", status }] };
}

function also(transition: TaskTransition, ...effects: readonly TaskEffect[]): TaskTransition {
  return { ...transition, effects: [...transition.effects, ...effects] };
}
