import { createHash } from "node:crypto";
import type { ContainerCreateBody } from "@berth/engine-client";
import type { DockerLaunch } from "../docker-executor.ts";

/** How a container of ours is known again. */
export const labelNames = {
  agentId: "berth.agent_id",
  frameworkId: "berth.framework_id",
  executorId: "berth.executor_id",
  taskId: "berth.task_id",
  containerId: "berth.container_id",
  specHash: "berth.spec_hash",
} as const;

export function identityLabels(launch: DockerLaunch): Record<string, string> {
  return {
    [labelNames.agentId]: launch.agentId,
    [labelNames.frameworkId]: launch.frameworkId,
    [labelNames.executorId]: launch.executorId,
    [labelNames.taskId]: launch.task.taskId?.value ?? "",
    [labelNames.containerId]: launch.containerId,
  };
}

/** The same for two requests that ask for the same, whatever the order of their keys. */
export function specHash(body: ContainerCreateBody): string {
  return createHash("sha256").update(canonicalJson(body)).digest("hex");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
