import type { Book } from "../book.ts";

/** What goes up and down, by the original's names. */
export function bookGauges(book: Book): Readonly<Record<string, number>> {
  const frameworks = book.frameworks();
  const gauges: Record<string, number> = {
    "slave/frameworks_active": frameworks.length,
    "slave/tasks_staging": 0,
    "slave/tasks_starting": 0,
    "slave/tasks_running": 0,
    "slave/tasks_killing": 0,
    "slave/executors_registering": 0,
    "slave/executors_running": 0,
    "slave/executors_terminating": 0,
  };
  const add = (name: string) => {
    const value = gauges[name];
    if (value !== undefined) gauges[name] = value + 1;
  };
  for (const { runs } of frameworks) {
    for (const run of runs) {
      add(`slave/${run.state.toLowerCase().replace("task_", "tasks_")}`);
      if (run.life.container !== "running") continue;
      if (run.shuttingDown) add("slave/executors_terminating");
      else add(run.statuses.length === 0 ? "slave/executors_registering" : "slave/executors_running");
    }
  }
  return gauges;
}
