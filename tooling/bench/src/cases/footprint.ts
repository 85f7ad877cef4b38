import { readFile, readdir } from "node:fs/promises";
import { startRecordingProxy } from "@berth/testkit";
import { collectGarbage } from "../memory.ts";
import { type BenchResult, median, single } from "../result.ts";
import { benchTask, createStack, type Stack, type StartedTask } from "../stack.ts";

const idleContainers = 50;

/** What a task costs while it does nothing, and what it asks of the engine in its life. */
export async function footprint(stack: Stack, socketPath: string, image: string): Promise<readonly BenchResult[]> {
  // Code, pools and V8's young generation have reached their size by then: what grows from here on grows with the containers.
  await end(await startMany(stack, image, idleContainers));
  const before = await residentBytes();
  const tasks = await startMany(stack, image, idleContainers);
  const after = await residentBytes();
  const processes = await childProcesses();
  await end(tasks);
  const perContainer = Math.max(0, after - before) / idleContainers / 1e6;
  return [
    single(`memory for each of ${idleContainers} idle containers`, "MB", perContainer, 1, "< 0.3"),
    single("processes for each", "processes", processes / idleContainers, 1, "0"),
    await engineCalls(socketPath, image),
  ];
}

/** One after the other: what many launches at once need for a moment is no cost of idle containers. */
async function startMany(stack: Stack, image: string, count: number): Promise<readonly StartedTask[]> {
  const tasks: StartedTask[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = await stack.start(benchTask(image, "NONE", ["sleep", "1000"]));
    await started.reached("TASK_RUNNING");
    tasks.push(started);
  }
  return tasks;
}

async function end(tasks: readonly StartedTask[]): Promise<void> {
  for (const { running } of tasks) running.kill({ force: true });
  await Promise.all(tasks.map(({ running }) => running.ended));
}

async function residentBytes(): Promise<number> {
  collectGarbage();
  const status = await readFile("/proc/self/status", "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function childProcesses(): Promise<number> {
  const threads = await readdir("/proc/self/task");
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, "utf8").catch(() => "")),
  );
  return children.join(" ").split(/\s+/).filter(Boolean).length;
}

async function engineCalls(socketPath: string, image: string): Promise<BenchResult> {
  await using proxy = await startRecordingProxy(socketPath);
  await using stack = await createStack(proxy.socketPath);
  const counts: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const before = proxy.calls.length;
    const { running } = await stack.start(benchTask(image, "NONE", ["true"]));
    await running.ended;
    counts.push(proxy.calls.length - before);
  }
  // The first task of a process also agrees on a version and subscribes to events; the median does not show that.
  return single("engine calls from launch to removal", "calls", median(counts), counts.length, "<= 8");
}
