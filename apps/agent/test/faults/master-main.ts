import { createLocalMaster, type LocalMasterOptions } from "@berth/local-master";
import { createLog } from "@berth/log";

// A master in a process of its own, so that it can be killed. Its options are JSON; it tells its address in one line.
const options = JSON.parse(process.argv[2] ?? "{}") as Omit<LocalMasterOptions, "now">;
const log = createLog(
  { write: (line) => void process.stderr.write(line), now: () => Date.now() },
  { level: "info", format: "text" },
);
const master = createLocalMaster({ log }, { ...options, now: () => Date.now() });
await master.start();
process.stdout.write(`${master.address.port}\n`);
// It ends with the test that started it, whatever becomes of that.
process.stdin.resume().once("end", () => process.exit(0));
