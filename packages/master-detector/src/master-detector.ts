import type { Pid } from "@berth/libprocess";

/** The leading master. */
export interface DetectedMaster {
  /** Host is an IPv4 address where it could be resolved. */
  readonly pid: Pid;
  /** For people and for `/state`: as the operator or the master's own record names it. */
  readonly hostname: string;
}

export interface MasterDetectorListener {
  /** Each detection, in order; undefined: there is no leader, or nobody can say. The same master may come again after a lost session. */
  onDetected(master: DetectedMaster | undefined): void;
  /** It cannot go on: wrong credentials, a path that is refused. The agent ends with this message. */
  onFatal(error: Error): void;
}

/** Watches who leads. `start` once. */
export interface MasterDetector {
  start(listener: MasterDetectorListener): void;
  /** Tells the present answer again, as a new detection: the session has lost faith in its master. */
  redetect(): void;
  close(): Promise<void>;
}
