import type { Log } from "@berth/log";
import { FileDetector } from "./file-detector.ts";
import type { MasterDetector } from "./master-detector.ts";
import { type FileTarget, type MasterTarget, parseMaster } from "./parse-master.ts";
import type { ResolveHost } from "./resolve-host.ts";
import { StaticDetector } from "./static-detector.ts";
import { systemTimers, type Timers } from "./timers.ts";
import { ZooKeeperDetector } from "./zookeeper-detector.ts";

export interface MasterDetectorDeps {
  readonly log: Log;
  /** The IPv4 address of a name, `lookup(name, { family: 4 })`. Rejects when there is none. */
  readonly resolve: ResolveHost;
  readonly readFile: (path: string) => Promise<string>;
  /** Default: Node's. */
  readonly timers?: Timers | undefined;
}

export interface MasterDetectorOptions {
  /** `--master`: `host:port`, `master@host:port`, `zk://[user:password@]host[:port],.../path`, or `file:///path` of one of them. */
  readonly master: string;
  /** `--zk_session_timeout`. Default 10 s. */
  readonly zkSessionTimeoutMs?: number | undefined;
}

/** Throws MasterDetectorError `malformed` or `no-path`. What stands in a file is judged when it is started. */
export function createMasterDetector(deps: MasterDetectorDeps, options: MasterDetectorOptions): MasterDetector {
  const log = deps.log.child({ component: "master-detector" });
  const { resolve, timers = systemTimers } = deps;
  const detectorOf = (target: Exclude<MasterTarget, FileTarget>): MasterDetector =>
    target.kind === "static"
      ? new StaticDetector({ log, resolve, timers }, target)
      : new ZooKeeperDetector({ log, resolve, timers }, target, options.zkSessionTimeoutMs ?? 10_000);
  const target = parseMaster(options.master);
  return target.kind === "file" ? new FileDetector(deps.readFile, target, detectorOf) : detectorOf(target);
}
