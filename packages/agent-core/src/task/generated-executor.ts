import type { ExecutorInfo, Resource, TaskInfo } from "@berth/proto/v1";
import { withDefaults } from "@berth/proto";
import { CommandInfo } from "@berth/proto/v1";
import { allocationRoleOf } from "@berth/resources";
import { shutdownGrace } from "./kill-policy.ts";

/** What an agent reckons for the executor that it makes for a command task; the container itself gets none of it. */
export function executorOverhead(task: TaskInfo): Resource[] {
  const role = allocationRoleOf(task.resources ?? []);
  const allocation = role === undefined ? {} : { allocationInfo: { role } };
  return [
    { name: "cpus", type: "SCALAR", scalar: { value: 0.1 }, ...allocation },
    { name: "mem", type: "SCALAR", scalar: { value: 32 }, ...allocation },
  ];
}

/** The executor that an agent makes for a command task: what people see in `/state`. Source: wire facts 2.4. */
export function generatedExecutor(frameworkId: string, task: TaskInfo): ExecutorInfo {
  const taskId = task.taskId?.value ?? "";
  const { command, container, labels, discovery } = task;
  return {
    executorId: { value: taskId },
    frameworkId: { value: frameworkId },
    name: `Command Executor (Task: ${taskId}) (Command: ${commandExcerpt(command)})`,
    source: taskId,
    resources: executorOverhead(task),
    command,
    ...(container !== undefined && { container }),
    ...(labels !== undefined && { labels }),
    ...(discovery !== undefined && { discovery }),
    ...(task.killPolicy?.gracePeriod !== undefined && {
      shutdownGracePeriod: { nanoseconds: BigInt(shutdownGrace(task, 0).destroyAfterMs) * 1_000_000n },
    }),
  };
}

function commandExcerpt(command: CommandInfo | undefined): string {
  const { shell, value, arguments: args = [] } = withDefaults(CommandInfo, command);
  if (shell) return value === undefined ? "NO COMMAND" : `sh -c '${clip(value)}'`;
  return value === undefined ? "NO EXECUTABLE" : `[${clip([value, ...args].join(", "))}]`;
}

function clip(text: string): string {
  return text.length > 15 ? `${text.slice(0, 12)}...` : text;
}
