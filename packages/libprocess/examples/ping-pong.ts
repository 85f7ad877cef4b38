import { createLog } from "@berth/log";
import { createLibprocess, formatPid, parsePid } from "@berth/libprocess";

const log = createLog(
  { write: (line) => process.stderr.write(line), now: Date.now },
  { level: "info", format: "text" },
);
const libprocess = createLibprocess({ log, now: performance.now.bind(performance) }, { ip: "127.0.0.1", port: 0 });

libprocess.spawn("slave(1)", ({ from, name }) => {
  if (name === "mesos.internal.PingSlaveMessage") {
    libprocess.send("slave(1)", from, "mesos.internal.PongSlaveMessage", new Uint8Array());
  }
});
libprocess.serveHttp((_, response) => response.end("ok\n"));
await libprocess.listen();
console.log(formatPid(libprocess.pid("slave(1)"))); // slave(1)@127.0.0.1:43211

const master = parsePid("master@127.0.0.1:5050");
if (master !== undefined) libprocess.link(master, () => console.log("the master's connection is gone"));

process.once("SIGTERM", () => void libprocess.flush(1000).then(() => libprocess.close()));
