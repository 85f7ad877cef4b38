import type { ContainerCreateBody } from "@berth/engine-client";
import type { ContainerInfo, ContainerInfo_DockerInfo, TaskInfo } from "@berth/proto/v1";
import type { DockerLaunch, PlanFault } from "../src/index.ts";
import { planTask, type PlannedTask, type PlanSettings } from "../src/plan/plan-task.ts";
import { dockerLaunch, taskInfo } from "./task-fixtures.ts";

export const planSettings: PlanSettings = {
  sandboxTarget: "/mnt/mesos/sandbox",
  defaultDns: [],
  defaultKillGraceMs: 5_000,
  cgroupsEnableCfs: false,
  hostMemoryBytes: 16 * 1024 ** 3,
  logConfig: { Type: "local", Config: {} },
  apiVersion: undefined,
};

/** A task's `container` with `changes` in it, and in its `docker`. */
export function dockerContainer(
  changes: Partial<ContainerInfo>,
  docker: Partial<ContainerInfo_DockerInfo> = {},
): ContainerInfo {
  return { type: "DOCKER", ...changes, docker: { image: "berth-test/busybox:1", ...docker } };
}

export function planned(
  task: Partial<TaskInfo>,
  settings: Partial<PlanSettings> = {},
  launch: Partial<DockerLaunch> = {},
): PlannedTask {
  const result = planTask(dockerLaunch(taskInfo(task), launch), { ...planSettings, ...settings });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.task;
}

export function body(task: Partial<TaskInfo>, settings: Partial<PlanSettings> = {}): ContainerCreateBody {
  return planned(task, settings).plan.body;
}

export function faults(task: Partial<TaskInfo>, launch: Partial<DockerLaunch> = {}): readonly PlanFault[] {
  const result = planTask(dockerLaunch(taskInfo(task), launch), planSettings);
  return result.ok ? [] : result.faults;
}
