import { once } from "node:events";
import { createLocalMaster } from "@berth/local-master";
import type { Log } from "@berth/log";

/** A master for this machine until `signal` aborts. Agents take `--master=<pid>`, frameworks its port. */
export async function serve(log: Log, signal: AbortSignal): Promise<void> {
  const master = createLocalMaster({ log }, { port: 5050, now: () => Date.now() });
  await master.start();
  log.info("agents and frameworks may come", { pid: master.pid });
  if (!signal.aborted) await once(signal, "abort");
  await master.close(); // tasks go on; a master started again takes them over
}
