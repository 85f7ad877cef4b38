import type { FrameworkInfo, TaskInfo } from "@berth/proto/v1";
import { reservationRoleOf } from "@berth/resources";
import { TaskRunnerError } from "./errors.ts";

/** Frameworks with this label get the progress of launches as messages. */
export const progressLabel = "berth.progress";
export const frameworkName = "berth run";

export interface FrameworkOptions {
  readonly user: string;
  readonly principal?: string | undefined;
  /** How long the master keeps the framework, and its task, when we are gone. */
  readonly failoverTimeoutSeconds: number;
}

/** The framework of one task. Throws TaskRunnerError `invalid-task`. */
export function frameworkInfo(task: TaskInfo, options: FrameworkOptions): FrameworkInfo {
  const { user, principal, failoverTimeoutSeconds: failoverTimeout } = options;
  return {
    user,
    name: frameworkName,
    failoverTimeout,
    // An agent that is started again takes such a framework's tasks back.
    checkpoint: true,
    ...(principal !== undefined && { principal }),
    capabilities: [
      { type: "MULTI_ROLE" },
      { type: "RESERVATION_REFINEMENT" },
      { type: "TASK_KILLING_STATE" },
      { type: "PARTITION_AWARE" },
    ],
    labels: { labels: [{ key: progressLabel, value: "true" }] },
    roles: [roleOf(task)],
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
