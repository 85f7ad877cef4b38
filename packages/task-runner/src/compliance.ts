import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { TaskInfo, TaskState } from "@berth/proto/v1";
import type { RunningTask, TaskRunner } from "./task-runner.ts";

/** The part of a test framework that the suite uses; those of vitest, jest, mocha and node:test fit. */
export interface RunnerFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** One runner under test, made anew for every case. */
export interface RunnerWorld {
  readonly runner: TaskRunner;
  /** A task that runs `shell` with /bin/sh -c. */
  readonly task: (shell: string, overrides?: Partial<TaskInfo>) => TaskInfo;
  /** A task whose launch fails. */
  readonly failing: () => TaskInfo;
  /** What there is of a task beside its sandbox. */
  readonly traces: (running: RunningTask) => Promise<readonly string[]>;
  readonly cleanup: () => Promise<void>;
}

/** Declares every case of the TaskRunner contract with the framework given. */
export function taskRunnerCompliance(
  name: string,
  framework: RunnerFramework,
  setup: () => Promise<RunnerWorld>,
): void {
  const check = (title: string, body: (world: RunnerWorld) => Promise<void>) =>
    framework.it(title, async () => {
      const world = await setup();
      try {
        await body(world);
      } finally {
        await world.cleanup();
      }
    });
  framework.describe(`${name} fulfils the contract of a task runner`, () => {
    endCases(check);
    killCases(check);
  });
}

type Check = (title: string, body: (world: RunnerWorld) => Promise<void>) => void;

function endCases(check: Check): void {
  check("tells every state in order, and then the end", async (world) => {
    const { running, states } = await start(world, world.task("echo out; exit 0"));
    const end = await running.ended;
    assert.deepEqual(states, ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    assert.equal(end.status.state, "TASK_FINISHED");
    assert.equal(end.exitCode, 0);
    assert.equal(end.outOfMemory, false);
  });

  check("the sandbox is there as soon as the task is placed, and stays with the output in it", async (world) => {
    const { running } = await start(world, world.task("echo out"));
    const { sandboxDirectory = "" } = (await running.placed) ?? {};
    assert.ok((await stat(sandboxDirectory)).isDirectory());
    await running.ended;
    assert.equal(await readFile(path.join(sandboxDirectory, "stdout"), "utf8"), "out\n");
  });

  check("tells the exit code of a task that failed", async (world) => {
    const { running, states } = await start(world, world.task("exit 3"));
    assert.equal((await running.ended).exitCode, 3);
    assert.equal(states.at(-1), "TASK_FAILED");
  });

  check("a launch that fails is a task that failed, without an exit code", async (world) => {
    const { running, states } = await start(world, world.failing());
    const end = await running.ended;
    assert.equal(end.exitCode, undefined);
    assert.notEqual(end.status.message ?? "", "");
    assert.equal(states.at(-1), "TASK_FAILED");
    await leavesNothing(world, running);
  });

  check("tasks at the same time each have their own container and end", async (world) => {
    const tasks = await Promise.all([start(world, world.task("exit 4")), start(world, world.task("exit 5"))]);
    const codes = await Promise.all(tasks.map(async ({ running }) => (await running.ended).exitCode));
    assert.deepEqual(codes, [4, 5]);
    const places = await Promise.all(tasks.map(({ running }) => running.placed));
    assert.notEqual(places[0]?.containerId, places[1]?.containerId);
  });
}

const hour = { killPolicy: { gracePeriod: { nanoseconds: 3_600_000_000_000n } } };

function killCases(check: Check): void {
  check("a kill right away ends a task that has not started", async (world) => {
    const { running, states } = await start(world, world.task("sleep 1000"));
    running.kill({ force: true });
    assert.equal((await running.ended).status.state, "TASK_KILLED");
    assert.equal(states.at(-1), "TASK_KILLED");
  });

  check("a kill with force ends a task that would take its grace", async (world) => {
    const { running, reached } = await start(world, world.task("trap '' TERM; while :; do sleep 1; done"));
    await reached("TASK_RUNNING");
    running.kill(hour);
    running.kill({ force: true });
    assert.equal((await running.ended).status.state, "TASK_KILLED");
  });

  check("close ends what runs and leaves nothing", async (world) => {
    const { running, reached } = await start(world, world.task("sleep 1000"));
    await reached("TASK_RUNNING");
    assert.notDeepEqual(await world.traces(running), []);
    await world.runner.close();
    assert.equal((await running.ended).exitCode === 0, false);
    await leavesNothing(world, running);
    await assert.rejects(start(world, world.task("true")));
  });
}

const patienceMs = 20_000;

/** A task's end is told before the last of it has gone. */
async function leavesNothing(world: RunnerWorld, running: RunningTask): Promise<void> {
  const until = Date.now() + patienceMs;
  for (let left = await world.traces(running); left.length > 0; left = await world.traces(running)) {
    assert.ok(Date.now() < until, `still there: ${left.join(", ")}`);
    await delay(50);
  }
}

async function start({ runner }: RunnerWorld, task: TaskInfo) {
  const states: TaskState[] = [];
  const waiting = new Map<TaskState, () => void>();
  const running = await runner.run({
    task,
    onStatus: ({ state }) => {
      if (state === undefined) return;
      states.push(state);
      waiting.get(state)?.();
    },
  });
  const reached = async (state: TaskState) => {
    if (!states.includes(state)) await new Promise<void>((resolve) => waiting.set(state, resolve));
  };
  return { running, states, reached };
}
