import { setTimeout as delay } from "node:timers/promises";
import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { type LinkedAgent, linkedAgent } from "./linked-agent.ts";
import { seededRandom } from "./random.ts";
import { isTerminal, type SeenStatus, SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();
const faultsForMs = 15_000;
const lines = [finisher, finisher, "exit 0", "exit 3", "sleep 2"] as const;

describe.skipIf(engine === undefined)("tasks come and go while everything between them breaks", () => {
  const socketPath = engine?.socketPath ?? "";

  test.each([1, 42, 773_311])("seed %i: each task ends once, nothing is lost, nothing is left", async (seed) => {
    // One each, so that who is faster does not change what the others do.
    const [launches, kills, faults] = [seededRandom(seed), seededRandom(seed + 1), seededRandom(seed + 2)];
    const image = await testImage(socketPath);
    const watch = await EngineWatch.begin(socketPath);
    const linked = await linkedAgent(socketPath, {
      master: { agentPingTimeoutMs: 300, maxAgentPingTimeouts: 4, agentReregisterTimeoutMs: 20_000 },
    });
    const { master } = linked;
    const capabilities = [{ type: "PARTITION_AWARE" }];
    const framework = await SteadyFramework.subscribe(() => master.address, { checkpoint: true, capabilities });
    const launched = new Map<string, string>();
    const over = new AbortController();

    const launch = async () => {
      for (let number = 1; !over.signal.aborted; number++) {
        const id = `random-${number}`;
        const task = dockerTask(image, id, lines[launches(lines.length)] ?? finisher);
        // A call that broke off may have launched it or not: what became of it is asked for in the end.
        const agentId = await framework.tryLaunch(task, over.signal);
        if (agentId !== undefined) launched.set(id, agentId);
        await delay(200 + launches(600));
      }
    };
    const kill = async () => {
      while (!over.signal.aborted) {
        await delay(300 + kills(900));
        const ids = [...launched.keys()];
        const id = ids[kills(ids.length || 1)];
        if (id !== undefined) await framework.kill(id, launched.get(id)).catch(() => {});
      }
    };
    const work = Promise.all([launch(), kill()]);
    const done = await breakThings(linked, faults);
    over.abort();
    await work;
    console.info(`seed ${seed}: ${launched.size} tasks, faults: ${done.join(" ")}`);

    await endAll(framework, launched, linked);
    await expect.poll(() => watch.running(framework.frameworkId)).toEqual([]);
    await expect.poll(() => tasksOfAgent(linked.agentAddress)).toEqual([]);
    expect(faultsOf(framework, launched, watch)).toEqual([]);
    const { tasks } = (await master.get(`/tasks?limit=1000&framework_id=${framework.frameworkId}`)) as {
      tasks: { id: string; state: string }[];
    };
    expect(tasks.filter(({ state }) => !isTerminal({ state }))).toEqual([]);
    for (const { id, state } of tasks) expect(isTerminal({ state }) && launched.has(id)).toBe(true);
  });
});

/** One fault after the other; all is mended at the end. */
async function breakThings(linked: LinkedAgent, random: (below: number) => number): Promise<readonly string[]> {
  const { master, toMaster, toAgent } = linked;
  const done: string[] = [];
  const endAt = performance.now() + faultsForMs;
  while (performance.now() < endAt) {
    await delay(300 + random(1200));
    const link = [toMaster, toAgent][random(2)] ?? toMaster;
    const name = link === toMaster ? "toMaster" : "toAgent";
    const kind = random(5);
    if (kind === 0) {
      done.push("restart");
      await master.kill();
      await delay(random(800));
      await master.start();
    } else if (kind === 1) {
      done.push(`reset(${name})`);
      link.reset();
    } else {
      const how = kind === 2 ? "cut" : "swallow";
      const both = kind === 4;
      done.push(`${how}(${both ? "both" : name})`);
      for (const each of both ? [toMaster, toAgent] : [link]) each[how]();
      await delay(200 + random(2500));
      toMaster.restore();
      toAgent.restore();
    }
  }
  return done;
}

/** Kills what the framework does not know to be over, asking again until it is, as frameworks do. */
async function endAll(
  framework: SteadyFramework,
  launched: ReadonlyMap<string, string>,
  { agentAddress }: LinkedAgent,
): Promise<void> {
  await expect
    .poll(
      async () => {
        const present = new Set(await tasksOfAgent(agentAddress));
        const open = [...launched].filter(([id]) => present.has(id) || !isOver(framework.of(id)));
        await framework.reconcile(open.map(([taskId, agentId]) => ({ taskId, agentId }))).catch(() => {});
        for (const [id, agentId] of open) await framework.kill(id, agentId).catch(() => {});
        return open.map(([id]) => id);
      },
      { timeout: 60_000, interval: 500 },
    )
    .toEqual([]);
}

function isOver(statuses: readonly SeenStatus[]): boolean {
  const last = statuses.at(-1);
  return last !== undefined && isTerminal(last);
}

/** What should not have happened, by what the framework saw and the engine did. */
function faultsOf(
  framework: SteadyFramework,
  launched: ReadonlyMap<string, string>,
  watch: EngineWatch,
): readonly string[] {
  const starts = watch.startsOf(framework.frameworkId);
  return [...launched.keys()].flatMap((id) => {
    const faults: string[] = [];
    const told = framework.told(id);
    const ends = told.filter((state) => isTerminal({ state }));
    if (starts.filter((taskId) => taskId === id).length > 1) faults.push("ran twice");
    if (starts.includes(id) && ends.length === 0) faults.push("ran, and its end was not told");
    if (ends.length > 1) faults.push("ended twice");
    if (ends.length === 1 && !isTerminal({ state: told.at(-1) ?? "" })) faults.push("lived on after its end");
    if (!isOver(framework.of(id))) faults.push("has not ended");
    const bare = framework.of(id).map(({ state, uuid }) => (uuid === undefined ? `(${state})` : state));
    return faults.map((fault) => `${id} ${fault}: ${bare.join(" ")}`);
  });
}
