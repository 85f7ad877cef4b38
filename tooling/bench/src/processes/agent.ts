// berth-agent as it is, with the flags of its command line, that also tells the bench what it takes.
import { runAgentProcess } from "@berth/agent";
import { serveBench } from "./serve-bench.ts";

serveBench(null, {}, () => process.exit());
await runAgentProcess(process.argv.slice(2), (listener) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => listener(signal));
});
