import type { Outcome } from "./outcome.ts";

export type TimerName = "retry" | "grace" | "patience" | "completion";

/** What the runner is to do. Each call answers with one event, in its own time. */
export type LifeEffect =
  | { readonly do: "announce"; readonly state: "TASK_STARTING" | "TASK_RUNNING" | "TASK_KILLING" }
  | { readonly do: "prepare" }
  /** Ends prepare, create and restore where they stand; they still answer. */
  | { readonly do: "abort-launch" }
  | { readonly do: "create"; readonly suffix: number }
  | { readonly do: "look-up"; readonly suffix: number }
  | { readonly do: "restore-image" }
  | { readonly do: "attach" }
  | { readonly do: "wait"; readonly condition: "next-exit" | "not-running" }
  | { readonly do: "start" }
  | { readonly do: "inspect" }
  | { readonly do: "stop"; readonly graceSeconds: number }
  | { readonly do: "kill" }
  /** SIGKILL to the container's process, past the engine. */
  | { readonly do: "kill-process" }
  | { readonly do: "remove"; readonly engineId: string }
  | { readonly do: "settle" }
  | { readonly do: "arm"; readonly timer: TimerName; readonly afterMs: number }
  | { readonly do: "disarm"; readonly timer: TimerName }
  | {
      readonly do: "finish";
      readonly outcome: Outcome;
      /** A container that has run and is to be removed, now or later. */
      readonly leftover: string | undefined;
      readonly removeAtOnce: boolean;
      /** Containers of an uncertain create may still turn up. */
      readonly watchStrays: boolean;
    };
