import type { LaunchProgress } from "@berth/containerizer";
import { createSchedulerClient } from "@berth/mesos-client";
import type { Offer, TaskInfo, TaskState, TaskStatus } from "@berth/proto/v1";
import { onTestFinished } from "vitest";
import { createMasterTaskRunner, type MasterTaskRunnerOptions } from "../src/index.ts";
import { ScriptedMaster } from "./scripted-master.ts";

export const task: TaskInfo = {
  name: "t",
  taskId: { value: "t" },
  command: { shell: true, value: "true" },
  resources: [
    { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
    { name: "ports", type: "RANGES", ranges: { range: [{ begin: 8080n, end: 8080n }] } },
  ],
};

export function offer(id: string, cpus = 1): Offer {
  return {
    id: { value: id },
    frameworkId: { value: "framework" },
    agentId: { value: "agent" },
    hostname: "host",
    url: { scheme: "http", address: { ip: "127.0.0.1", port: 5051 }, path: "/slave(1)" },
    allocationInfo: { role: "*" },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: cpus }, role: "*", allocationInfo: { role: "*" } },
      {
        name: "ports",
        type: "RANGES",
        ranges: { range: [{ begin: 8000n, end: 9000n }] },
        role: "*",
        allocationInfo: { role: "*" },
      },
    ],
  };
}

export function status(state: TaskState, id: number | undefined, fields: TaskStatus = {}): TaskStatus {
  return {
    taskId: { value: "t" },
    agentId: { value: "agent" },
    executorId: { value: "t" },
    state,
    ...(id !== undefined && { uuid: Uint8Array.from({ length: 16 }, () => id) }),
    containerStatus: { containerId: { value: "container" } },
    ...fields,
  };
}

/** A runner and a scripted master; the agent says that its work dir is /work. */
export async function runnerWorld(options: Partial<MasterTaskRunnerOptions> = {}) {
  const master = await new ScriptedMaster().listen();
  const scheduler = createSchedulerClient({ master: master.address });
  onTestFinished(() => scheduler.close());
  const agents: string[] = [];
  const runner = createMasterTaskRunner(
    {
      scheduler,
      connectAgent: (url) => {
        agents.push(url);
        const getFlags = { flags: [{ name: "work_dir", value: "/work" }] };
        return { call: () => Promise.resolve({ getFlags }), close: () => Promise.resolve() };
      },
      now: () => 1_000,
      random: () => 0,
    },
    { user: "nobody", backOff: { firstMs: 2, longestMs: 4 }, ...options },
  );
  const seen: TaskStatus[] = [];
  const progress: LaunchProgress[] = [];
  const notices: string[] = [];
  const run = (asked: TaskInfo = task) =>
    runner.run({
      task: asked,
      onStatus: (each) => seen.push(each),
      onProgress: (each) => progress.push(each),
      onNotice: (text) => notices.push(text),
    });
  return { master, runner, run, agents, seen, progress, notices, states: () => seen.map(({ state }) => state) };
}
