import type { FrameworkInfo, TaskInfo } from "@berth/proto/v1";
import { reservationRoleOf } from "@berth/resources";
import { TaskRunnerError } from "./errors.ts";

/** Frameworks with this label get the progress of launches as messages. */
export const progressLabel = "berth.progress";
export const frameworkName = "berth run";

const capabilities = ["MULTI_ROLE", "RESERVATION_REFINEMENT", "TASK_KILLING_STATE", "PARTITION_AWARE"] as const;

export interface FrameworkOptions {
  readonly user: string;
  readonly principal?: string | undefined;
  /** How long the master keeps the framework, and its task, when we are gone. */
  readonly failoverTimeoutSeconds: number;
}

/** The framework of one task. Throws TaskRunnerError `invalid-task`. */
export function frameworkInfo(task: TaskInfo, options: FrameworkOptions): FrameworkInfo {
  return describe(options, [roleOf(task)]);
}

/** A framework that a master still has. */
export interface KnownFramework extends FrameworkOptions {
  readonly id: string;
  readonly roles: readonly string[];
}

export function resumedFrameworkInfo({ id, roles, ...options }: KnownFramework): FrameworkInfo {
  return { ...describe(options, roles), id: { value: id } };
}

function describe(options: FrameworkOptions, roles: readonly string[]): FrameworkInfo {
  const { user, principal, failoverTimeoutSeconds: failoverTimeout } = options;
  return {
    user,
    name: frameworkName,
    failoverTimeout,
    // An agent that is started again takes such a framework's tasks back.
    checkpoint: true,
    ...(principal !== undefined && { principal }),
    capabilities: capabilities.map((type) => ({ type })),
    labels: { labels: [{ key: progressLabel, value: "true" }] },
    roles: [...roles],
  };
}

/** Offers are made to a role: what a task has reserved says which. */
function roleOf(task: TaskInfo): string {
  const roles = new Set((task.resources ?? []).map((resource) => reservationRoleOf(resource)));
  roles.delete("*");
  if (roles.size > 1) {
    const names = [...roles].join(", ");
    throw new TaskRunnerError(
      "invalid-task",
      `the task's resources are reserved for several roles (${names}); one task has one`,
    );
  }
  return [...roles][0] ?? "*";
}
