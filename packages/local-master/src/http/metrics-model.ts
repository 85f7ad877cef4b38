import type { Resource, TaskState } from "@berth/proto/v1";
import { scalarOf } from "@berth/resources";
import { usedResources } from "../books/accounts.ts";
import type { Books } from "../books/books.ts";

/** What `/metrics/snapshot` answers: the original's names, those that have a meaning here. */
export function metricsModel(books: Books, now: number): Readonly<Record<string, number>> {
  const agents = [...books.agents.values()];
  const frameworks = [...books.frameworks.values()];
  const connected = frameworks.filter((framework) => framework.state === "connected").length;
  const values: Record<string, number> = {
    "master/elected": 1,
    "master/uptime_secs": (now - books.startedAt) / 1000,
    "master/slaves_registered": agents.length,
    "master/slaves_connected": agents.filter((agent) => agent.connected).length,
    "master/slaves_disconnected": agents.filter((agent) => !agent.connected).length,
    "master/slaves_active": agents.filter((agent) => agent.connected && !agent.deactivated).length,
    "master/slaves_inactive": agents.filter((agent) => !agent.connected || agent.deactivated).length,
    "master/slaves_unreachable": books.unreachableAgents.size,
    "master/frameworks_connected": connected,
    "master/frameworks_disconnected": frameworks.length - connected,
    "master/frameworks_active": connected,
    "master/frameworks_inactive": frameworks.length - connected,
    "master/outstanding_offers": books.offers.size,
    "master/event_queue_messages": 0,
    "master/event_queue_dispatches": 0,
    "master/event_queue_http_requests": 0,
    "master/tasks_unreachable": frameworks.reduce((sum, each) => sum + each.unreachableTasks.size, 0),
  };
  for (const name of counters) values[name] = books.metrics.get(name) ?? 0;
  for (const [name, value] of books.metrics) values[name] = value;
  const states: Partial<Record<TaskState, number>> = {};
  for (const framework of frameworks) {
    for (const { task } of framework.tasks.values()) {
      if (task.state !== undefined) states[task.state] = (states[task.state] ?? 0) + 1;
    }
  }
  for (const state of ["staging", "starting", "running", "killing"] as const) {
    values[`master/tasks_${state}`] = states[`TASK_${state.toUpperCase()}` as TaskState] ?? 0;
  }
  for (const kind of ["cpus", "gpus", "mem", "disk"]) {
    for (const revocable of [false, true]) {
      const those = (resource: Resource) => (resource.revocable !== undefined) === revocable;
      const total = sum(agents, (agent) => agent.total.filter(those), kind);
      const used = sum(agents, (agent) => usedResources(agent).filter(those), kind);
      const name = revocable ? `master/${kind}_revocable` : `master/${kind}`;
      values[`${name}_total`] = total;
      values[`${name}_used`] = used;
      values[`${name}_percent`] = total === 0 ? 0 : used / total;
    }
  }
  return values;
}

/** Zero until something is counted. */
const counters = [
  "master/tasks_launched",
  "master/tasks_finished",
  "master/tasks_failed",
  "master/tasks_killed",
  "master/tasks_error",
  "master/tasks_lost",
  "master/tasks_dropped",
  "master/tasks_gone",
  "master/tasks_gone_by_operator",
  "master/valid_status_updates",
  "master/invalid_status_updates",
  "master/valid_status_update_acknowledgements",
  "master/invalid_status_update_acknowledgements",
  "master/valid_framework_to_executor_messages",
  "master/invalid_framework_to_executor_messages",
  "master/valid_executor_to_framework_messages",
  "master/invalid_executor_to_framework_messages",
  "master/slave_removals",
];

function sum<T>(all: readonly T[], resourcesOf: (one: T) => readonly Resource[], kind: string): number {
  return all.reduce((total, one) => total + (scalarOf(resourcesOf(one), kind) ?? 0), 0);
}
