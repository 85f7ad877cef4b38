import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { formatPid } from "@berth/libprocess";
import { silentLog } from "@berth/log";
import { createMasterDetector } from "@berth/master-detector";

const detector = createMasterDetector(
  {
    log: silentLog,
    resolve: async (name) => (await lookup(name, { family: 4 })).address,
    readFile: (path) => readFile(path, "utf8"),
  },
  { master: "zk://user:password@zk1:2181,zk2:2181/mesos" },
);
detector.start({
  onDetected: (master) => console.log(master === undefined ? "nobody leads" : formatPid(master.pid)),
  onFatal: (error) => console.error(error.message),
});
