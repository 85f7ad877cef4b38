// An engine that only pretends, so that what is measured is not Docker. Its containers run until they are told to end.
import { startFakeEngine } from "@berth/testkit";
import { serveBench } from "./serve-bench.ts";

const [image = ""] = process.argv.slice(2);
const engine = await startFakeEngine({ images: { [image]: {} }, behaviour: {}, recordCalls: false });
const { endpoint } = engine;
if (endpoint.kind !== "unix") throw new Error("a unix socket was expected");
serveBench(
  endpoint.socketPath,
  {
    endAll() {
      for (const container of engine.containers) container.exit(0);
    },
  },
  () => engine.stop(),
);
