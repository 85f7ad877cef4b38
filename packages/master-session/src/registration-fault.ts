import type { ReregisterSlaveMessage } from "@berth/proto/internal/messages";

/** Why this message would end a real master's process; undefined when it would not. Source: wire facts 2.12. */
export function reregistrationFault(message: ReregisterSlaveMessage): string | undefined {
  if (!message.slave?.id?.value) return "the agent has no id";
  const seen = new Set<string>();
  for (const task of message.tasks ?? []) {
    const key = JSON.stringify([task.frameworkId?.value, task.taskId?.value]);
    if (seen.has(key)) return `task ${task.taskId?.value} is listed twice`;
    seen.add(key);
    if (task.state === "TASK_UNREACHABLE") return `task ${task.taskId?.value} is listed as unreachable`;
    if ((task.statusUpdateUuid === undefined) !== (task.statusUpdateState === undefined)) {
      return `task ${task.taskId?.value} has only one of the state and the uuid of its last update`;
    }
  }
  return undefined;
}
