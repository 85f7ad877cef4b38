import type { LaunchProgress } from "@berth/containerizer";
import type { KillPolicy, Offer, TaskInfo, TaskState, TaskStatus } from "@berth/proto/v1";
import type { Call, Event } from "@berth/proto/v1/scheduler";
import { toPostReservationRefinement } from "@berth/resources";

/** Somebody wants the task to end. */
export interface KillWish {
  readonly killPolicy?: KillPolicy | undefined;
  readonly force?: boolean | undefined;
}

/** What one scheduler knows of its one task. */
export interface TaskLife {
  /** Waiting for an offer; given to a master; over. */
  readonly phase: "waiting" | "launched" | "ended";
  /** Its resources in the format of today. */
  readonly task: TaskInfo;
  /** The one that was accepted. */
  readonly offer: Offer | undefined;
  readonly kill: KillWish | undefined;
  readonly lastState: TaskState | undefined;
  /** UUIDs of the statuses that have come, in hexadecimal: agents send them again until they are acknowledged. */
  readonly seen: ReadonlySet<string>;
  readonly placed: boolean;
  /** How often an offer was gone by the time that we accepted it. */
  readonly lostOffers: number;
  /** What the last offer that would not do lacked. */
  readonly lacking: string | undefined;
  /** The master says that the task has ended; its own last status is on its way. */
  readonly hearsay: TaskStatus | undefined;
}

export type TimerName =
  /** Still no offer that would do. */
  | "notice"
  /** Time to ask what the master knows. */
  | "reconcile"
  /** The task's own last status has not come. */
  | "hearsay";

export type LifeEvent =
  /** For the first time, or with our id again. */
  | { readonly type: "subscribed"; readonly again: boolean }
  | { readonly type: "master"; readonly event: Event }
  | { readonly type: "kill"; readonly kill: KillWish }
  | { readonly type: "accept-refused"; readonly why: string }
  /** The master will not have us any more. */
  | { readonly type: "framework-lost"; readonly why: string }
  /** Nobody waits for the end any longer. */
  | { readonly type: "given-up" }
  | { readonly type: "timer"; readonly name: TimerName };

export type LifeEffect =
  /** `acknowledges`: the state whose status an ACKNOWLEDGE is for. */
  | { readonly kind: "call"; readonly call: Call; readonly acknowledges?: TaskState | undefined }
  | { readonly kind: "report"; readonly status: TaskStatus }
  | { readonly kind: "progress"; readonly progress: LaunchProgress }
  | { readonly kind: "notice"; readonly text: string }
  | {
      readonly kind: "placed";
      readonly offer: Offer;
      readonly executorId: string;
      readonly containerId: string;
    }
  /** Starts it anew. */
  | { readonly kind: "timer"; readonly name: TimerName }
  | { readonly kind: "end"; readonly status: TaskStatus };

export function newTaskLife(task: TaskInfo): TaskLife {
  return {
    phase: "waiting",
    task: { ...task, resources: toPostReservationRefinement(task.resources ?? []) },
    offer: undefined,
    kill: undefined,
    lastState: undefined,
    seen: new Set(),
    placed: false,
    lostOffers: 0,
    lacking: undefined,
    hearsay: undefined,
  };
}

/** A task that an earlier scheduler of the same framework has launched. */
export function resumedTaskLife(taskId: string, agentId: string): TaskLife {
  const life = newTaskLife({ taskId: { value: taskId } });
  return { ...life, phase: "launched", offer: { agentId: { value: agentId } }, placed: true };
}
