import type { TaskInfo } from "@berth/proto/v1";
import type { BenchFramework, Reached } from "./bench-framework.ts";

export interface InFlightRun {
  readonly framework: BenchFramework;
  readonly agentId: string;
  readonly count: number;
  readonly limit: number;
  readonly task: () => TaskInfo;
  /** The state that ends a task's flight. */
  readonly until: "TASK_RUNNING" | "TASK_FINISHED";
  /** With the time at which its ACCEPT was sent. */
  readonly onDone?: (reached: Reached, acceptedAtMs: number) => void;
}

/** Launches tasks on one agent with so many in flight at any time: an offer is accepted with as many as there is room for. */
export async function launchInFlight(run: InFlightRun): Promise<void> {
  const { framework, agentId, count, limit, until, onDone } = run;
  const flights = new Set<Promise<void>>();
  for (let launched = 0; launched < count;) {
    if (flights.size === limit) await Promise.race(flights);
    await framework.offered(agentId);
    const room = Math.min(limit - flights.size, count - launched);
    const tasks = Array.from({ length: room }, run.task);
    const acceptedAtMs = performance.now();
    for (const { taskId } of tasks) {
      const flight = framework.reached(taskId?.value ?? "", until).then((reached) => {
        flights.delete(flight);
        onDone?.(reached, acceptedAtMs);
      });
      flight.catch(() => undefined); // whoever waits for all hears of it
      flights.add(flight);
    }
    launched += room;
    await framework.launch(agentId, tasks);
  }
  await Promise.all(flights);
}
