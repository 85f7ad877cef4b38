// The local master in a process of its own, as an agent with --master has it.
import { createLocalMaster } from "@berth/local-master";
import { createLog } from "@berth/log";
import { serveBench } from "./serve-bench.ts";

const log = createLog(
  { write: (line) => void process.stderr.write(line), now: Date.now },
  { level: "error", format: "text" },
);
const master = createLocalMaster({ log }, { port: 0, now: Date.now });
await master.start();
serveBench(`${master.address.host}:${master.address.port}`, {}, () => master.close());
