import type { ContainerEvents } from "../engine/container-events.ts";
import type { Removals } from "../engine/removals.ts";
import type { StrayWatch } from "../engine/stray-watch.ts";
import type { DockerExecutorDeps } from "../options.ts";
import type { PlanSettings } from "../plan/plan-task.ts";

/** What all runs of one executor share. */
export interface RunContext extends DockerExecutorDeps {
  readonly events: ContainerEvents;
  readonly removals: Removals;
  readonly strays: StrayWatch;
  readonly planSettings: PlanSettings;
  readonly settings: RunSettings;
}

export interface RunSettings {
  readonly defaultKillGraceMs: number;
  readonly portRetryMs: number;
  readonly createRetryMs: number;
  readonly createPatienceMs: number;
  readonly logSettleMs: number;
  readonly now: () => number;
}
