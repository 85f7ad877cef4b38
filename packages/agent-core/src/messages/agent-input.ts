import type { DrainConfig, FrameworkInfo, KillPolicy, Resource, TaskInfo } from "@berth/proto/v1";

/** What an agent is told by a master or a scheduler, in the names of v1. */
export type AgentInput =
  | {
      readonly type: "run-task";
      readonly framework: FrameworkInfo;
      readonly frameworkId: string;
      readonly pid: string | undefined;
      readonly task: TaskInfo;
      readonly taskId: string;
      readonly launchExecutor: boolean | undefined;
    }
  | {
      readonly type: "run-task-group";
      readonly framework: FrameworkInfo;
      readonly frameworkId: string;
      readonly executorId: string;
      readonly tasks: readonly TaskInfo[];
      readonly launchExecutor: boolean | undefined;
    }
  | {
      readonly type: "kill-task";
      readonly frameworkId: string;
      readonly taskId: string;
      readonly killPolicy: KillPolicy | undefined;
    }
  | {
      readonly type: "acknowledgement";
      readonly agentId: string;
      readonly frameworkId: string;
      readonly taskId: string;
      readonly uuid: Uint8Array;
    }
  | { readonly type: "shutdown-framework"; readonly frameworkId: string }
  | { readonly type: "shutdown-executor"; readonly frameworkId: string; readonly executorId: string }
  | {
      readonly type: "update-framework";
      readonly frameworkId: string;
      readonly pid: string | undefined;
      readonly info: FrameworkInfo | undefined;
    }
  | { readonly type: "framework-message"; readonly frameworkId: string; readonly executorId: string }
  | { readonly type: "checkpoint-resources"; readonly resources: readonly Resource[] }
  | { readonly type: "drain"; readonly config: DrainConfig };

export type ReadInput =
  | { readonly ok: true; readonly input: AgentInput }
  /** `not-served`: known, but what it is about this agent does not do. */
  | { readonly ok: false; readonly fault: "unknown" | "not-served" | "unreadable"; readonly why: string };

export type InputOf<Type extends AgentInput["type"]> = Extract<AgentInput, { readonly type: Type }>;
