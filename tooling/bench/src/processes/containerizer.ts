// The containerizer with its executor and nothing of an agent: what a running task takes without one.
import { inFlight } from "../in-flight.ts";
import { benchTask, createStack } from "../stack.ts";
import { serveBench } from "./serve-bench.ts";

const [socketPath = "", image = ""] = process.argv.slice(2);
const stack = await createStack(socketPath);
serveBench(
  null,
  {
    /** Resolves when so many more run. */
    launch: ({ count, limit }: { readonly count: number; readonly limit: number }) =>
      inFlight(count, limit, async () => await stack.run(benchTask(image, "HOST", ["sleep", "1000"]))),
    ended: () => stack.idle(),
  },
  async () => await stack[Symbol.asyncDispose](),
);
