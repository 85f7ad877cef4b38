import type { MasterAgent, MasterFramework, MasterState, MasterTask } from "@berth/mesos-client";
import type { TaskName } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";

/** A task and whom it belongs to. */
export interface FoundTask {
  readonly task: MasterTask;
  readonly framework: MasterFramework;
  /** Undefined when the master no longer knows it. */
  readonly agent: MasterAgent | undefined;
  /** The master counts it among those that have ended. */
  readonly completed: boolean;
}

/** Every task of a master, frameworks in its order, those that run first. */
export function allTasks(state: MasterState): readonly FoundTask[] {
  const agents = new Map(state.agents.map((agent) => [agent.id, agent]));
  const of = (framework: MasterFramework, tasks: readonly MasterTask[], completed: boolean): readonly FoundTask[] =>
    tasks.map((task) => ({ task, framework, agent: agents.get(task.agentId), completed }));
  return [
    ...state.frameworks.flatMap((framework) => of(framework, framework.tasks, false)),
    ...state.frameworks.flatMap((framework) => of(framework, framework.completedTasks, true)),
    ...state.completedFrameworks.flatMap((framework) => [
      ...of(framework, framework.tasks, true),
      ...of(framework, framework.completedTasks, true),
    ]),
  ];
}

/**
 * The one that is meant: a task that runs before those that have ended, of those the last. Throws CliError `task` when there is none, or
 * several run.
 */
export function findTask(state: MasterState, { task: id, framework }: TaskName): FoundTask {
  const found = allTasks(state).filter(
    (each) => each.task.id === id && (framework === undefined || each.framework.id === framework),
  );
  const running = found.filter(({ completed }) => !completed);
  if (running.length > 1) {
    const ids = running.map((each) => `${each.framework.id} (${each.framework.name})`).join(", ");
    throw new CliError("task", `several frameworks have a task ${id}: ${ids}; name one with --framework`);
  }
  const chosen = running[0] ?? found.toSorted((a, b) => lastHeard(a.task) - lastHeard(b.task)).at(-1);
  if (chosen !== undefined) return chosen;
  const where = framework === undefined ? "" : ` of framework ${framework}`;
  throw new CliError("task", `${state.pid} knows no task ${id}${where}; berth ps --all lists them`);
}

/** Seconds since the epoch; 0 when nothing has been heard. */
export function lastHeard({ statuses }: MasterTask): number {
  return Math.max(0, ...statuses.map(({ timestamp }) => timestamp));
}
