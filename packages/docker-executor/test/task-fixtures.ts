import { randomUUID } from "node:crypto";
import type { TaskInfo } from "@berth/proto/v1";
import type { DockerLaunch } from "../src/index.ts";

export const agentId = "3f1c2f0e-7b1a-4a6e-9d0e-5a3b1c2d4e5f-S0";

/** A valid task; `changes` replace whole fields. */
export function taskInfo(changes: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: "test",
    taskId: { value: `test.${randomUUID()}` },
    agentId: { value: agentId },
    resources: [scalar("cpus", 0.1), scalar("mem", 64)],
    command: { shell: false },
    container: { type: "DOCKER", docker: { image: "berth-test/busybox:1" } },
    ...changes,
  };
}

export function scalar(name: string, value: number): NonNullable<TaskInfo["resources"]>[number] {
  return { name, type: "SCALAR", scalar: { value } };
}

export function ports(...ranges: readonly [begin: number, end: number][]): NonNullable<TaskInfo["resources"]>[number] {
  return {
    name: "ports",
    type: "RANGES",
    ranges: { range: ranges.map(([begin, end]) => ({ begin: BigInt(begin), end: BigInt(end) })) },
  };
}

export function dockerLaunch(task: TaskInfo = taskInfo(), changes: Partial<DockerLaunch> = {}): DockerLaunch {
  return {
    agentId,
    frameworkId: "3f1c2f0e-7b1a-4a6e-9d0e-5a3b1c2d4e5f-0000",
    executorId: task.taskId?.value ?? "",
    containerId: randomUUID(),
    task,
    sandboxDirectory: "/var/lib/berth/sandbox",
    taskKillingState: false,
    ...changes,
  };
}
