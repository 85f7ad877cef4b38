import { totalmem } from "node:os";
import type { DockerExecutor, DockerExecutorHooks, DockerLaunch, DockerRun, PlanFault } from "./docker-executor.ts";
import { createContainerEvents } from "./engine/container-events.ts";
import { createRemovals } from "./engine/removals.ts";
import { createStrayWatch } from "./engine/stray-watch.ts";
import type { DockerExecutorDeps, DockerExecutorOptions } from "./options.ts";
import { type PlanSettings, planTask } from "./plan/plan-task.ts";
import { rejectedRun } from "./run/rejected-run.ts";
import type { RunContext } from "./run/run-context.ts";
import { TaskRun } from "./run/task-run.ts";

const sixHoursMs = 6 * 60 * 60 * 1000;

/** Does no I/O before the first launch. `close()` it when done: it holds one event stream and timers. */
export function createDockerExecutor(deps: DockerExecutorDeps, options: DockerExecutorOptions = {}): DockerExecutor {
  const defaultKillGraceMs = options.defaultKillGraceMs ?? 5_000;
  const planSettings: PlanSettings = {
    sandboxTarget: options.sandboxTarget ?? "/mnt/mesos/sandbox",
    defaultDns: options.defaultDns ?? [],
    defaultKillGraceMs,
    cgroupsEnableCfs: options.cgroupsEnableCfs ?? false,
    hostMemoryBytes: options.hostMemoryBytes ?? totalmem(),
    logConfig: deps.logs.engineLogConfig,
    apiVersion: undefined,
  };
  const { containers } = deps.engine;
  const context: RunContext = {
    ...deps,
    events: createContainerEvents(deps.engine),
    removals: createRemovals(containers, {
      removeDelayMs: options.removeDelayMs ?? sixHoursMs,
      maxStopped: options.maxStopped ?? 50,
    }),
    strays: createStrayWatch(containers, { watchMs: options.strayWatchMs ?? 600_000 }),
    planSettings,
    settings: {
      defaultKillGraceMs,
      portRetryMs: options.portRetryMs ?? 5_000,
      createRetryMs: options.createRetryMs ?? 60_000,
      createPatienceMs: options.createPatienceMs ?? 2_000,
      logSettleMs: options.logSettleMs ?? 60_000,
      now: options.now ?? Date.now,
    },
  };
  const runs = new Set<TaskRun>();
  return {
    plan(launch) {
      const result = planTask(launch, planSettings);
      return result.ok ? { ok: true, plan: result.task.plan } : result;
    },
    launch(launch, hooks) {
      const result = planTask(launch, planSettings);
      if (!result.ok) return reject(context, launch, hooks, result.faults);
      const run = new TaskRun(context, launch, result.task, hooks);
      runs.add(run);
      void run.terminated.then(() => runs.delete(run));
      run.begin();
      return run;
    },
    async close({ removeNow = true } = {}) {
      await Promise.all([...runs].map((run) => run.detach()));
      await Promise.all([context.events.close(), context.strays.close(), context.removals.close({ removeNow })]);
    },
  };
}

function reject(
  context: RunContext,
  launch: DockerLaunch,
  hooks: DockerExecutorHooks,
  faults: readonly PlanFault[],
): DockerRun {
  return rejectedRun(launch, hooks, { faults, now: context.settings.now });
}
