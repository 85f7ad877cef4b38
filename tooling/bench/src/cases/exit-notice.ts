import type { BareEngine } from "../bare-engine.ts";
import { startBareContainer } from "../bare-container.ts";
import { processOf } from "../container-process.ts";
import { interleave } from "../interleave.ts";
import type { BenchResult } from "../result.ts";
import { benchTask, type Stack } from "../stack.ts";

/** From the signal that ends the process to the terminal status, logs settled, against the bare wait call's answer. */
export async function exitNotice(stack: Stack, engine: BareEngine, image: string): Promise<readonly BenchResult[]> {
  const command = ["sleep", "1000"];
  const result = await interleave({
    name: "exit to terminal status, against the bare wait call",
    unit: "ms",
    pairs: 20,
    aim: "close to 1",
    ours: async () => {
      const { running, reached } = await stack.start(benchTask(image, "NONE", command));
      await reached("TASK_RUNNING");
      // TASK_FAILED, since it is not us who ends it: nobody asked for a kill.
      const failed = reached("TASK_FAILED");
      const pid = await processOf(engine, running.containerId);
      const begin = performance.now();
      process.kill(pid, "SIGKILL");
      const elapsedMs = (await failed) - begin;
      await running.ended;
      return elapsedMs;
    },
    reference: async () => {
      const container = await startBareContainer(engine, image, "none", command);
      const pid = await processOf(engine, container.id);
      const waiting = engine.post(`/containers/${container.id}/wait`);
      const begin = performance.now();
      process.kill(pid, "SIGKILL");
      await waiting;
      const elapsedMs = performance.now() - begin;
      await container.remove();
      return elapsedMs;
    },
  });
  return [result];
}
