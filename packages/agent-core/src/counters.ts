import type { TaskState } from "@berth/proto/v1";

/** What only grows. Source: wire facts 6.5; those below `berth/` are ours. */
export class Counters {
  readonly #values: Record<string, number> = {
    "slave/tasks_finished": 0,
    "slave/tasks_failed": 0,
    "slave/tasks_killed": 0,
    "slave/tasks_lost": 0,
    "slave/tasks_gone": 0,
    "slave/executors_terminated": 0,
    "slave/executors_preempted": 0,
    "slave/valid_status_updates": 0,
    "slave/invalid_status_updates": 0,
    "slave/valid_framework_messages": 0,
    "slave/invalid_framework_messages": 0,
    "slave/container_launch_errors": 0,
    "slave/recovery_errors": 0,
    "berth/messages_dropped": 0,
    "berth/updates_unstored": 0,
    "berth/volume_errors": 0,
  };

  add(name: string): void {
    this.#values[name] = (this.#values[name] ?? 0) + 1;
  }

  addTerminal(state: TaskState): void {
    const name = `slave/${state.toLowerCase().replace("task_", "tasks_")}`;
    if (Object.hasOwn(this.#values, name)) this.add(name);
  }

  values(): Readonly<Record<string, number>> {
    return { ...this.#values };
  }
}
