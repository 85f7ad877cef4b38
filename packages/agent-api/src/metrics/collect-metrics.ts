import type { AgentView } from "@berth/agent-core";
import type { SessionState } from "../session-state.ts";
import { counterNames, gaugeNames } from "./metric-names.ts";
import { resourceMetrics } from "./resource-metrics.ts";
import { readSystemStats, systemMetrics } from "./system-stats.ts";

/** By the original's names: `containerizer/fetcher/task_fetches_failed`. May take its time. */
export type MetricsSource = () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

export interface MetricsDeps {
  readonly view: Pick<AgentView, "snapshot" | "metrics">;
  readonly session: SessionState;
  /** Later ones win over earlier ones, and over what the agent says itself. */
  readonly sources: readonly MetricsSource[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Reads all metrics. What a source has not said after `timeoutMs`, or failed to say, is not in the answer: its names keep their zeros. */
export interface MetricsCollection {
  within(timeoutMs: number | undefined): Promise<Readonly<Record<string, number>>>;
}

/** Begins a collection; its sources are asked once, however many wait for it. */
export function collectMetrics(deps: MetricsDeps): MetricsCollection {
  const { startTimeMs, totalResources, allocatedResources } = deps.view.snapshot();
  const own: Record<string, number> = {
    ...zeros,
    ...systemMetrics(readSystemStats()),
    ...resourceMetrics(totalResources, allocatedResources),
    "slave/uptime_secs": (deps.now() - startTimeMs) / 1000,
    "slave/registered": deps.session.registered ? 1 : 0,
    ...deps.view.metrics(),
  };
  const found: (Readonly<Record<string, number>> | undefined)[] = [];
  const asked = Promise.all(
    deps.sources.map(async (source, index) => {
      try {
        found[index] = await source();
      } catch {
        // Its names keep their zeros; what went wrong is the source's to tell.
      }
    }),
  );
  return {
    async within(timeoutMs) {
      await (timeoutMs === undefined ? asked : settledWithin(asked, timeoutMs));
      return Object.assign({}, own, ...found) as Record<string, number>;
    },
  };
}

const zeros = Object.fromEntries([...counterNames, ...gaugeNames].map((name) => [name, 0]));

async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1));
  await Promise.race([promise, over]);
  clearTimeout(timer);
}
