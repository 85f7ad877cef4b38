import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import type { Log } from "@berth/log";
import { createMasterDetector, type MasterDetector } from "@berth/master-detector";

/** Watches `--master`; asks nothing before it is started. Throws MasterDetectorError for what names no master. */
export function detectMaster(
  master: string,
  { log, zkSessionTimeoutMs }: { readonly log: Log; readonly zkSessionTimeoutMs?: number | undefined },
): MasterDetector {
  return createMasterDetector(
    {
      log,
      resolve: async (host) => (await lookup(host, { family: 4 })).address,
      readFile: (path) => readFile(path, "utf8"),
    },
    { master, zkSessionTimeoutMs },
  );
}
