import { ShutdownExecutorMessage } from "@berth/proto/internal/messages";
import { array, assert, asyncProperty, constantFrom, nat, oneof, record, type Arbitrary } from "fast-check";
import { expect, test } from "vitest";
import { frameworkId, startWorld, type World } from "./world.ts";

const terminal = ["TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_LOST", "TASK_DROPPED"];
const taskIds = ["a", "b", "c"] as const;

type Step =
  | { readonly do: "run" | "kill" | "shut-down-executor" | "acknowledge" | "double"; readonly task: string }
  | { readonly do: "starting" | "running" | "finish" | "fail-launch" | "vanish" | "late"; readonly task: string }
  | { readonly do: "disconnect" | "connect" | "wait" | "settle" | "shut-down-framework"; readonly task: string };

const step: Arbitrary<Step> = record({
  do: oneof(
    constantFrom("run", "kill", "shut-down-executor", "acknowledge", "double" as const),
    constantFrom("starting", "running", "finish", "fail-launch", "vanish", "late" as const),
    constantFrom("disconnect", "connect", "wait", "settle", "shut-down-framework" as const),
  ),
  task: nat(2).map((index) => taskIds[index] ?? "a"),
}) as Arbitrary<Step>;

interface History {
  readonly runs: Set<string>;
  /** What had been sent when the framework was shut down. */
  sentBefore: number | undefined;
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
}

async function act(world: World, { do: what, task }: Step, history: History): Promise<void> {
  const containers = world.containerizer.all.filter(({ config }) => config.executorId === task);
  const container = containers.at(-1);
  switch (what) {
    case "run":
      // A master runs an id once, and nothing of a framework that is gone; what it does twice is another test's.
      if (history.runs.has(task) || history.sentBefore !== undefined) return;
      history.runs.add(task);
      return world.run(task);
    case "kill":
      // Masters send kills behind the task's run.
      return history.runs.has(task) ? world.kill(task) : undefined;
    case "shut-down-executor":
      return world.tell(ShutdownExecutorMessage, { frameworkId: { value: frameworkId }, executorId: { value: task } });
    case "acknowledge":
    case "double": {
      const last = world.states(task).length > 0 ? world.lastUpdate(task) : undefined;
      if (last === undefined) return;
      world.acknowledge(last);
      return what === "double" ? world.acknowledge(last) : undefined;
    }
    case "starting":
    case "running":
      return container?.report(what === "running" ? "TASK_RUNNING" : "TASK_STARTING");
    case "finish":
      return container?.end("TASK_FINISHED");
    case "fail-launch":
      return container?.fail("no image");
    case "vanish":
      return container?.end(undefined);
    case "late":
      container?.end("TASK_KILLED");
      return container?.report("TASK_RUNNING");
    case "disconnect":
      return world.core.onConnected(false);
    case "connect":
      return world.core.onConnected(true);
    case "shut-down-framework":
      world.shutDownFramework();
      history.sentBefore ??= world.sent.length;
      return;
    case "wait":
      return world.timers.advance(10_000);
    case "settle":
      return await settle();
  }
}

test("whatever happens in whatever order: one last update for each task, none behind it, and nothing is left", async () => {
  await assert(
    asyncProperty(array(step, { maxLength: 40 }), async (steps) => {
      const world = await startWorld();
      const history: History = { runs: new Set(), sentBefore: undefined };
      for (const each of steps) await act(world, each, history);
      // From here on everybody does what they should.
      world.core.onConnected(true);
      await expect
        .poll(
          () => {
            for (const container of world.containerizer.all) container.end("TASK_FINISHED");
            for (const taskId of history.runs) {
              if (world.states(taskId).length > 0) world.acknowledge(world.lastUpdate(taskId));
            }
            return world.core.snapshot().frameworks;
          },
          { interval: 2 },
        )
        .toEqual([]);
      expect(world.core.snapshot().allocatedResources).toEqual([]);
      expect(world.core.reregistration().tasks).toEqual([]);
      expect(world.sent.length).toBe(history.sentBefore ?? world.sent.length);
      for (const taskId of history.runs) {
        // Repetitions aside, in the order of their first sending.
        const states = world.states(taskId).filter((state, index, all) => all.indexOf(state) === index);
        if (history.sentBefore !== undefined) continue;
        expect(states.filter((state) => terminal.includes(state))).toHaveLength(1);
        expect(terminal).toContain(states.at(-1));
      }
      await world.core.close();
      expect(world.timers.size).toBe(0);
    }),
    { numRuns: 150 },
  );
});
