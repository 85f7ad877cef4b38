import type { LibprocessOptions } from "@berth/libprocess";
import type { VersionInfo } from "@berth/proto/v1";

/** A master for one machine. Not highly available: nothing of it is on disk. */
export interface LocalMaster {
  /** Opens the port. */
  start(): Promise<void>;
  /** `master@127.0.0.1:5050` */
  readonly pid: string;
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

export interface LocalMasterOptions {
  /** Default 127.0.0.1. */
  readonly ip?: string | undefined;
  /** Its port's; how many connections it takes, above all. */
  readonly limits?: LibprocessOptions["limits"] | undefined;
  /** 0 takes any. */
  readonly port: number;
  /** What agents are told instead of `ip`; the port is the same. */
  readonly advertiseIp?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default 15,000 and 5, as the original's. */
  readonly agentPingTimeoutMs?: number | undefined;
  readonly maxAgentPingTimeouts?: number | undefined;
  /** Default 10 minutes. */
  readonly agentReregisterTimeoutMs?: number | undefined;
  /** How often free resources are offered; they are also offered at once when something changes. Default 1000. */
  readonly allocationIntervalMs?: number | undefined;
  /** Between HEARTBEAT events; default 15,000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** When agents have to authenticate (CRAM-MD5). */
  readonly agentCredentials?: readonly { readonly principal: string; readonly secret: string }[] | undefined;
  /** What `/version` says beside the version of Mesos whose messages are spoken; empty unless given. */
  readonly build?: Pick<VersionInfo, "buildDate" | "buildTime" | "buildUser" | "gitSha"> | undefined;
}
