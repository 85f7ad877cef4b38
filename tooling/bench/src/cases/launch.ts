import type { BareEngine } from "../bare-engine.ts";
import { startBareContainer } from "../bare-container.ts";
import { interleave } from "../interleave.ts";
import type { BenchResult } from "../result.ts";
import { benchTask, type Stack } from "../stack.ts";

const command = ["sleep", "1000"];

/** From the request to TASK_RUNNING, sandbox and image check included, against bare create and start. */
export async function launch(stack: Stack, engine: BareEngine, image: string): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const network of ["HOST", "BRIDGE"] as const) {
    results.push(
      await interleave({
        name: `launch to RUNNING, ${network.toLowerCase()} network, against create + start`,
        unit: "ms",
        pairs: 30,
        aim: "<= 1.10",
        ours: async () => {
          const begin = performance.now();
          const { running, reached } = await stack.start(benchTask(image, network, command));
          const elapsedMs = (await reached("TASK_RUNNING")) - begin;
          running.kill({ force: true });
          await running.ended;
          return elapsedMs;
        },
        reference: async () => {
          const container = await startBareContainer(engine, image, network.toLowerCase(), command);
          await container.remove();
          return container.launchMs;
        },
      }),
    );
  }
  return results;
}

/** 20 at once: until the last of them runs. */
export async function launchMany(stack: Stack, engine: BareEngine, image: string): Promise<readonly BenchResult[]> {
  const indices = Array.from({ length: 20 }, (_, index) => index);
  const result = await interleave({
    name: "20 launches at once, until the last runs, against the same 20 bare",
    unit: "ms",
    pairs: 7,
    aim: "<= 1.10",
    ours: async () => {
      const begin = performance.now();
      const tasks = await Promise.all(
        indices.map(async () => {
          const started = await stack.start(benchTask(image, "HOST", command));
          await started.reached("TASK_RUNNING");
          return started.running;
        }),
      );
      const elapsedMs = performance.now() - begin;
      for (const task of tasks) task.kill({ force: true });
      await Promise.all(tasks.map((task) => task.ended));
      return elapsedMs;
    },
    reference: async () => {
      const begin = performance.now();
      const containers = await Promise.all(indices.map(() => startBareContainer(engine, image, "host", command)));
      const elapsedMs = performance.now() - begin;
      await Promise.all(containers.map((container) => container.remove()));
      return elapsedMs;
    },
  });
  return [result];
}
