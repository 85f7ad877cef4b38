import { startBareContainer } from "../bare-container.ts";
import type { BareEngine } from "../bare-engine.ts";
import { BenchFramework } from "../bench-framework.ts";
import { inFlight } from "../in-flight.ts";
import { takeTurns } from "../interleave.ts";
import { launchInFlight } from "../launch-in-flight.ts";
import { startOperatorAgent } from "../operator-agent.ts";
import { type BenchResult, compare, median } from "../result.ts";
import { benchTask } from "../stack.ts";

const limit = 20;
const rounds = 3;

/** Short tasks, always 20 of them on the way, against the same containers by bare create, start, wait and remove. */
export async function throughput(
  socketPath: string,
  engine: BareEngine,
  image: string,
  count = 200,
): Promise<readonly BenchResult[]> {
  await using running = await startOperatorAgent(socketPath);
  const framework = await BenchFramework.subscribe(running.master, { checkpoint: true });
  const [agentId = ""] = await framework.agents(1);
  const latencies = { ours: [] as number[], bare: [] as number[] };
  const timed = (work: (many: number, keep: (latencyMs: number) => void) => Promise<void>, kept: number[]) => {
    return async (round: number) => {
      // Before the first round a tenth will do: it is to fill caches.
      const many = round < 0 ? Math.ceil(count / 10) : count;
      const taken: number[] = [];
      const begin = performance.now();
      await work(many, (latencyMs) => taken.push(latencyMs));
      if (round >= 0) kept.push(...taken);
      return (many / (performance.now() - begin)) * 1000;
    };
  };
  const rates = await takeTurns(rounds, {
    ours: timed(
      (many, keep) =>
        launchInFlight({
          framework,
          agentId,
          count: many,
          limit,
          task: () => benchTask(image, "NONE", ["true"]),
          until: "TASK_FINISHED",
          onDone: ({ atMs }, acceptedAtMs) => keep(atMs - acceptedAtMs),
        }),
      latencies.ours,
    ),
    bare: timed((many, keep) => inFlight(many, limit, async () => keep(await bareTask(engine, image))), latencies.bare),
  });
  await framework.close();
  const what = `${count} short tasks, ${limit} in flight`;
  return [
    compare({ name: `${what}, against the same bare`, unit: "tasks/s", aim: "close to 1" }, rates.ours, rates.bare),
    {
      name: `${what}: ACCEPT to TASK_FINISHED, against create to the wait call's answer`,
      unit: "ms",
      ours: median(latencies.ours),
      reference: median(latencies.bare),
      ratio: median(latencies.ours) / median(latencies.bare),
      runs: latencies.ours.length,
      aim: "",
    },
  ];
}

/** Resolves with the time to the answer of wait; the container is gone then, too. */
async function bareTask(engine: BareEngine, image: string): Promise<number> {
  const begin = performance.now();
  const container = await startBareContainer(engine, image, "none", ["true"]);
  const { text } = await engine.post(`/containers/${container.id}/wait`);
  const latencyMs = performance.now() - begin;
  if ((JSON.parse(text) as { StatusCode: number }).StatusCode !== 0) throw new Error(`a bare task failed: ${text}`);
  await container.remove();
  return latencyMs;
}
