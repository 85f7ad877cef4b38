import type { DrainConfig, KillPolicy, TaskInfo } from "@berth/proto/v1";

/** What reaping costs the original's executor, twice: its net grace is that much shorter than the agent's. */
const reapMs = 2000;

/** How a drained agent kills: the task's own way, but no slower than the drain allows. Source: wire facts 2.7. */
export function drainKillPolicy(task: TaskInfo, drain: DrainConfig): KillPolicy | undefined {
  const allowed = drain.maxGracePeriod?.nanoseconds;
  const own = task.killPolicy?.gracePeriod?.nanoseconds;
  if (allowed === undefined || (own !== undefined && own <= allowed)) return undefined;
  return { gracePeriod: { nanoseconds: allowed } };
}

export interface ShutdownGrace {
  /** For the task. */
  readonly killPolicy: KillPolicy;
  /** Until its container is destroyed. */
  readonly destroyAfterMs: number;
}

/** The original's generated executor has the grace of its task's kill policy, or the flag's, and two seconds of it for itself. */
export function shutdownGrace(task: TaskInfo, executorShutdownGracePeriodMs: number): ShutdownGrace {
  const own = task.killPolicy?.gracePeriod?.nanoseconds;
  const destroyAfterMs = own === undefined ? executorShutdownGracePeriodMs : Number(own / 1_000_000n) + reapMs;
  const netMs = Math.max(0, destroyAfterMs - reapMs);
  return { killPolicy: { gracePeriod: { nanoseconds: BigInt(Math.round(netMs)) * 1_000_000n } }, destroyAfterMs };
}
