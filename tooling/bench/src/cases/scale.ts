import { execFileSync } from "node:child_process";
import { BenchProcess } from "../processes/bench-process.ts";
import { usageBetween } from "../processes/usage.ts";
import { type BenchResult, single } from "../result.ts";
import { scaleImage, ScaleWorld } from "../scale-world.ts";

/** Two streams to the engine and two files of the sandbox. */
const filesPerTask = 4;
/** In flight on one agent. */
const limit = 25;

/** What is measured from one number of running tasks to the next, on each agent and on the containerizer alone. */
interface Phase {
  readonly from: number;
  readonly to: number;
}

interface PhaseResult {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/**
 * Running tasks on a fake engine. One agent has as many as its limit of open files allows; where that is less than all, they are shared
 * out evenly among several agents under one master. The first fiftieth only brings the processes to their size.
 */
export async function scale(count = 10_000): Promise<readonly BenchResult[]> {
  const agents = Math.ceil((count * filesPerTask) / (openFileLimit() - 1000));
  const bounds = [count / 50, count / 10, count / 2, count].map((total) => Math.ceil(total / agents));
  const phases = bounds.slice(1).map((to, index): Phase => ({ from: bounds[index] ?? 0, to }));
  const warmUp = bounds[0] ?? 0;
  const alone = await measureAlone(warmUp, phases);
  const { results, rows } = await measureAgents(agents, warmUp, phases);
  const where = agents === 1 ? "one agent" : `${agents} agents`;
  return [
    ...phases.flatMap(({ from, to }, index) => {
      const ours = results[index];
      const executor = alone[index];
      if (ours === undefined || executor === undefined) return [];
      const many = (to - from) * agents;
      const what = `fake engine, ${where}, task ${from * agents + 1} to ${to * agents}`;
      const against = (name: string, unit: string, mine: number, theirs: number): BenchResult => {
        const row = single(`${what}: ${name}, against the containerizer alone`, unit, mine, many, "");
        return { ...row, reference: theirs, ratio: mine / theirs };
      };
      const rss = (ours.rssBytes / many - executor.rssBytes / (to - from)) / 1000;
      const heap = (ours.heapBytes / many - executor.heapBytes / (to - from)) / 1000;
      return [
        single(`${what}: launches`, "tasks/s", many / ours.seconds, many, ""),
        against("CPU a task", "ms", ours.cpuMs / many, executor.cpuMs / (to - from)),
        against("RSS a task", "kB", ours.rssBytes / many / 1000, executor.rssBytes / (to - from) / 1000),
        single(`${what}: RSS a task beyond the executor's own`, "kB", rss, many, "< 20"),
        single(`${what}: heap a task beyond the executor's own`, "kB", heap, many, "< 20"),
      ];
    }),
    ...rows,
  ];
}

function openFileLimit(): number {
  const text = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  return text === "unlimited" ? Infinity : Number(text);
}

async function measureAlone(warmUp: number, phases: readonly Phase[]): Promise<readonly PhaseResult[]> {
  await using engine = await BenchProcess.start<string>("./fake-engine.ts", [scaleImage]);
  await using containerizer = await BenchProcess.start<null>("./containerizer.ts", [engine.ready, scaleImage]);
  await containerizer.ask("launch", { count: warmUp, limit });
  const results: PhaseResult[] = [];
  let before = await containerizer.usage();
  for (const { from, to } of phases) {
    const begin = performance.now();
    await containerizer.ask("launch", { count: to - from, limit });
    const seconds = (performance.now() - begin) / 1000;
    const after = await containerizer.usage();
    results.push({ seconds, ...usageBetween([before], [after]) });
    before = after;
  }
  await engine.ask("endAll");
  await containerizer.ask("ended");
  return results;
}

async function measureAgents(
  agents: number,
  warmUp: number,
  phases: readonly Phase[],
): Promise<{ readonly results: readonly PhaseResult[]; readonly rows: readonly BenchResult[] }> {
  await using world = await ScaleWorld.start(agents);
  const { framework } = world;
  const ended = [...(await world.launch(warmUp, limit))];
  const first = await world.usages();
  const launchBegin = performance.now();
  const updatesBefore = framework.updates;
  const results: PhaseResult[] = [];
  let before = first;
  for (const { from, to } of phases) {
    const begin = performance.now();
    ended.push(...(await world.launch(to - from, limit)));
    const seconds = (performance.now() - begin) / 1000;
    const after = await world.usages();
    results.push({ seconds, ...usageBetween(before.agent, after.agent) });
    before = after;
  }
  const launched = ended.length - warmUp * agents;
  const launchSeconds = (performance.now() - launchBegin) / 1000;
  const launchUpdates = framework.updates - updatesBefore;
  const endBegin = performance.now();
  await world.endAll();
  await Promise.all(ended);
  await framework.acknowledged();
  const endSeconds = (performance.now() - endBegin) / 1000;
  const after = await world.usages();
  const cpu = (kind: "agent" | "master" | "engine" | "framework", from: typeof before, to: typeof before) =>
    usageBetween(from[kind], to[kind]).cpuMs;
  const all = `fake engine, ${ended.length} tasks`;
  return {
    results,
    rows: [
      single(`${all}: updates while they launch`, "updates/s", launchUpdates / launchSeconds, launchUpdates, ""),
      single(`${all}: updates when all end at once`, "updates/s", ended.length / endSeconds, ended.length, ""),
      single(`${all}: agent CPU for an end`, "ms", cpu("agent", before, after) / ended.length, ended.length, ""),
      ...(["agent", "master", "engine", "framework"] as const).map((kind) =>
        single(`${all}: CPU of the ${kind} for a launch`, "ms", cpu(kind, first, before) / launched, launched, ""),
      ),
    ],
  };
}
