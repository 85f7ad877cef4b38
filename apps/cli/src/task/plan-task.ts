import type { ContainerPlan, DockerExecutor } from "@berth/docker-executor";
import { planFetch, type PlannedFetch } from "@berth/fetcher";
import { parseImageReference } from "@berth/image-puller";
import type { TaskInfo } from "@berth/proto/v1";
import type { TaskFault } from "./task-fault.ts";

/** What a task comes to, or why it cannot run. */
export type TaskPlan =
  | {
      readonly ok: true;
      readonly plan: ContainerPlan;
      readonly fetches: readonly PlannedFetch[];
      /** Where the sandbox would lie. */
      readonly sandboxDirectory: string;
    }
  | { readonly ok: false; readonly faults: readonly TaskFault[] };

/** Stand for what is made anew for every run. */
const placeholders = {
  agentId: "00000000-0000-4000-8000-000000000000-S0",
  frameworkId: "00000000-0000-4000-8000-000000000000-0000",
  containerId: "00000000-0000-4000-8000-000000000000",
};

/** The ids that the runner makes out of others; a fault of the task id would be told twice. */
const derived: ReadonlySet<string> = new Set(["executor_id", "framework_id", "agent_id", "container_id"]);

/** Asks nobody: every fault that shows without the network and the engine. */
export function planTask(
  task: TaskInfo,
  executor: Pick<DockerExecutor, "plan">,
  workDirectory = "/var/lib/berth",
): TaskPlan {
  const { agentId, frameworkId, containerId } = placeholders;
  const executorId = task.taskId?.value ?? "";
  const sandboxDirectory = `${workDirectory}/slaves/${agentId}/frameworks/${frameworkId}/executors/${executorId}/runs/${containerId}`;
  const result = executor.plan({
    ...placeholders,
    executorId,
    task: { ...task, agentId: { value: agentId } },
    sandboxDirectory: sandboxDirectory.replaceAll("\0", ""),
    taskKillingState: true,
  });
  const fetches = planFetch(task.command?.uris ?? [], true);
  const faults = fetches.faults.map(({ index, field, message }) => ({
    path: `command.uris[${index}].${field}`,
    message,
  }));
  faults.push(...imageFaults(task.container?.docker?.image ?? ""));
  if (!result.ok) faults.push(...result.faults.filter(({ path }) => !derived.has(path)));
  if (result.ok && faults.length === 0)
    return { ok: true, plan: result.plan, fetches: fetches.items, sandboxDirectory };
  return { ok: false, faults };
}

function imageFaults(image: string): readonly TaskFault[] {
  if (image.trim() === "") return []; // the plan's to say
  try {
    parseImageReference(image);
    return [];
  } catch (error) {
    return [{ path: "container.docker.image", message: error instanceof Error ? error.message : String(error) }];
  }
}
