import type { FrameworkID, Task, TaskInfo } from "@berth/proto/v1";

/** A task that has not been launched, in the form in which the API shows tasks: TASK_STAGING, no status. */
export function taskOf(info: TaskInfo, frameworkId: FrameworkID | undefined): Task {
  const command = info.executor?.command ?? info.command;
  return {
    name: info.name,
    taskId: info.taskId,
    frameworkId,
    executorId: info.executor?.executorId,
    agentId: info.agentId,
    state: "TASK_STAGING",
    resources: info.resources,
    labels: info.labels,
    discovery: info.discovery,
    container: info.container,
    user: command?.user,
    healthCheck: info.healthCheck,
    killPolicy: info.killPolicy,
    limits: info.limits,
  };
}
