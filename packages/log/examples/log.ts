import { createLog } from "@berth/log";

const log = createLog(
  { write: (line) => process.stderr.write(line), now: Date.now },
  { level: "info", format: "text" },
);

const ours = log.child({ component: "libprocess" });
ours.debug("message sent", { to: "master@10.0.0.1:5050" }); // not written
log.setLevel("debug"); // for the children too
ours.debug("message sent", { to: "master@10.0.0.1:5050" });
// 2026-01-02T03:04:05.678Z D libprocess  message sent to=master@10.0.0.1:5050
ours.warn("connection lost", { error: new Error("reset", { cause: new Error("cable") }) });
// 2026-01-02T03:04:05.679Z W libprocess  connection lost error="Error: reset <- Error: cable"
