import type { ExitFacts, MemoryFacts } from "./outcome.ts";

/** What inspect says of a container. `unknown`: the engine did not say; that is no evidence of anything. */
export type InspectView =
  | { readonly view: "not-started"; readonly engineError: string }
  | { readonly view: "running" }
  | { readonly view: "exited"; readonly exit: ExitFacts }
  | { readonly view: "removing" }
  | { readonly view: "gone" }
  | { readonly view: "unknown" };

export type LookUpResult =
  | { readonly found: "nothing" }
  | { readonly found: "ours"; readonly engineId: string; readonly started: boolean }
  | { readonly found: "stale"; readonly engineId: string }
  | { readonly found: "foreign" }
  | { readonly found: "unknown" };

/** `failed`: the engine answered that it could not, which may pass. `unknown`: it did not answer. */
export type CreateFailure = "name-taken" | "image-gone" | "refused" | "failed" | "unknown";

/**
 * `refused`: the engine will never start this. `failed`: it says that it could not; its own record of the container is the proof.
 */
export type StartFailure = "port-taken" | "refused" | "failed" | "unknown";

/** Everything that can happen to a task. */
export type LifeEvent =
  | { readonly type: "begin" }
  | { readonly type: "prepared" }
  | { readonly type: "prepare-failed"; readonly message: string }
  | { readonly type: "created"; readonly engineId: string }
  | { readonly type: "create-failed"; readonly kind: CreateFailure; readonly message: string }
  | ({ readonly type: "looked-up" } & LookUpResult)
  | { readonly type: "image-restored" }
  | { readonly type: "restore-failed"; readonly message: string }
  | { readonly type: "attached" }
  | { readonly type: "attach-failed"; readonly final: boolean; readonly message: string }
  | { readonly type: "wait-accepted" }
  | { readonly type: "wait-ended"; readonly exitCode: number }
  | { readonly type: "wait-broken" }
  | { readonly type: "started" }
  | { readonly type: "start-failed"; readonly kind: StartFailure; readonly message: string }
  | ({ readonly type: "inspected" } & InspectView)
  /** `die`, or a gap in the event stream: look. */
  | { readonly type: "look-again" }
  | { readonly type: "stop-answered" }
  | { readonly type: "stop-failed" }
  | { readonly type: "kill-answered" }
  | { readonly type: "kill-failed" }
  | { readonly type: "removed" }
  | { readonly type: "remove-unsure" }
  | {
      readonly type: "settled";
      readonly memory: MemoryFacts | undefined;
      /** Why output is missing in the sandbox's logs. */
      readonly logsIncomplete?: string | undefined;
    }
  | { readonly type: "kill-asked"; readonly graceMs: number }
  | { readonly type: "destroy-asked" }
  | { readonly type: "retry-due" }
  | { readonly type: "grace-over" }
  | { readonly type: "patience-over" }
  | { readonly type: "completion-time-over" };
