import type { CgroupReader } from "@berth/cgroups";
import type { EngineClient } from "@berth/engine-client";
import type { SandboxLogs } from "@berth/sandbox-logs";
import type { DefaultDns } from "./plan/dns.ts";

export interface DockerExecutorDeps {
  readonly engine: Pick<EngineClient, "containers" | "events" | "negotiatedApiVersion">;
  readonly logs: SandboxLogs;
  readonly cgroups: CgroupReader;
}

export interface DockerExecutorOptions {
  /** Where containers see their sandbox (agent flag `sandbox_directory`); default `/mnt/mesos/sandbox`. */
  readonly sandboxTarget?: string | undefined;
  /** The `docker` part of the agent flag `default_container_dns`; default none. */
  readonly defaultDns?: readonly DefaultDns[] | undefined;
  /** A CPU quota for every task, from its request when it has no limit (agent flag `cgroups_enable_cfs`); default false. */
  readonly cgroupsEnableCfs?: boolean | undefined;
  /** Memory of the engine's host; default this host's. */
  readonly hostMemoryBytes?: number | undefined;
  /** Between SIGTERM and SIGKILL for tasks without a kill policy; default 5000. */
  readonly defaultKillGraceMs?: number | undefined;
  /** How long a stopped container is kept (agent flag `docker_remove_delay`); default 6 hours, at most 24 days, 0 removes at once. */
  readonly removeDelayMs?: number | undefined;
  /** How many stopped containers are kept, the oldest goes first; default 50. */
  readonly maxStopped?: number | undefined;
  /** How long a start is tried again while its host port is taken; default 5000. */
  readonly portRetryMs?: number | undefined;
  /** How long a create without a clear answer is tried again before the launch fails; default 60,000. */
  readonly createRetryMs?: number | undefined;
  /** How long a kill waits for a create under way; default 2000. */
  readonly createPatienceMs?: number | undefined;
  /** How long the logs may take to be whole after the exit; default 60,000. */
  readonly logSettleMs?: number | undefined;
  /** How long to look for a container that a create without an answer may still make; default 10 minutes. */
  readonly strayWatchMs?: number | undefined;
  /** Milliseconds since the epoch, for the timestamps of statuses; default the system clock. */
  readonly now?: (() => number) | undefined;
}
