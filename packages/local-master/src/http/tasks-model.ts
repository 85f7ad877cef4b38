import type { Books } from "../books/books.ts";
import type { FrameworkRecord, TaskRecord } from "../books/records.ts";
import { type Model, taskModel } from "./models.ts";

const defaultLimit = 100;

/** What `/tasks` answers: the newest first, 100 of them, unless `order`, `limit`, `offset`, `framework_id` or `task_id` say otherwise. */
export function tasksModel(books: Books, query: URLSearchParams): Model {
  const limit = naturalOr(query.get("limit"), defaultLimit);
  const offset = naturalOr(query.get("offset"), 0);
  const frameworkId = query.get("framework_id");
  const taskId = query.get("task_id");
  const sign = query.get("order") === "asc" ? 1 : -1;
  const records = [...books.frameworks.values(), ...books.completedFrameworks.values()]
    .filter((framework) => frameworkId === null || framework.id === frameworkId)
    .flatMap(allTasks)
    .filter((record) => taskId === null || record.id === taskId)
    .map((record) => ({ record, at: record.task.statuses?.[0]?.timestamp ?? 0 }))
    .sort((a, b) => sign * (a.at - b.at));
  return { tasks: records.slice(offset, offset + limit).map(({ record }) => taskModel(record.task)) };
}

function allTasks(framework: FrameworkRecord): TaskRecord[] {
  return [...framework.tasks.values(), ...framework.completedTasks.values(), ...framework.unreachableTasks.values()];
}

function naturalOr(text: string | null, otherwise: number): number {
  return text !== null && /^\d+$/.test(text) ? Number(text) : otherwise;
}
