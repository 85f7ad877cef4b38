import { expect, test } from "vitest";
import { newTask, type TaskEvent, type TaskLife, taskTransition } from "../src/task/task-life.ts";

const lives: Readonly<Record<string, TaskLife>> = {
  preparing: newTask,
  "preparing, killed": { ...newTask, state: "TASK_KILLED" },
  "preparing, silenced": { ...newTask, silenced: true },
  launched: { ...newTask, container: "running" },
  running: { ...newTask, container: "running", state: "TASK_RUNNING" },
  ended: { ...newTask, container: "running", state: "TASK_FINISHED" },
  "ended, delivered": { ...newTask, container: "running", state: "TASK_FINISHED", delivered: true },
  silenced: { ...newTask, container: "running", state: "TASK_RUNNING", silenced: true },
  "gone, undelivered": { ...newTask, container: "gone", state: "TASK_FINISHED" },
};

const events: Readonly<Record<string, TaskEvent>> = {
  prepared: { type: "prepared" },
  "preparation failed": { type: "preparation-failed", message: "no room" },
  RUNNING: { type: "status", state: "TASK_RUNNING" },
  FAILED: { type: "status", state: "TASK_FAILED" },
  settled: { type: "settled", failure: undefined, termination: {} },
  "launch failed": { type: "settled", failure: "no image", termination: undefined },
  kill: { type: "kill" },
  "shut-down": { type: "shut-down" },
  silence: { type: "silence" },
  delivered: { type: "delivered" },
};

/** `tell FAILED/CONTAINER_LAUNCH_FAILED`: the agent's own words; `→` where the container's state leads, if elsewhere. */
function cell(life: TaskLife, event: TaskEvent): string {
  const next = taskTransition(life, event);
  const effects = next.effects.map((effect) =>
    effect.type === "tell-own"
      ? `tell ${effect.status.state.replace("TASK_", "")}/${effect.status.reason.replace("REASON_", "")}`
      : effect.type,
  );
  const moved = next.life.container === life.container ? [] : [`→ ${next.life.container}`];
  return [...moved, ...effects].join("; ");
}

const launchFailed = "tell FAILED/CONTAINER_LAUNCH_FAILED; count-launch-error";
const killed = "tell KILLED/TASK_KILLED_DURING_LAUNCH; tell-exited-executor";

test.each<[string, Readonly<Record<string, string>>]>([
  [
    "preparing",
    {
      prepared: "→ running; launch",
      "preparation failed": `→ gone; ${launchFailed}; tell-exited-executor`,
      RUNNING: "tell-status",
      FAILED: "tell-status",
      settled: "→ gone; tell FAILED/EXECUTOR_TERMINATED",
      "launch failed": `→ gone; ${launchFailed}`,
      kill: killed,
      "shut-down": killed,
      silence: "",
      delivered: "",
    },
  ],
  [
    "preparing, killed",
    {
      prepared: "→ gone",
      "preparation failed": "→ gone",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "→ gone",
      "launch failed": "→ gone; count-launch-error",
      kill: "",
      "shut-down": "",
      silence: "",
      delivered: "",
    },
  ],
  [
    "preparing, silenced",
    {
      prepared: "→ gone; forget",
      "preparation failed": "→ gone; forget",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "→ gone; forget",
      "launch failed": "→ gone; count-launch-error; forget",
      kill: "",
      "shut-down": "",
      silence: "",
      delivered: "",
    },
  ],
  [
    "launched",
    {
      prepared: "",
      "preparation failed": `→ gone; ${launchFailed}; tell-exited-executor`,
      RUNNING: "tell-status",
      FAILED: "tell-status",
      settled: "→ gone; tell FAILED/EXECUTOR_TERMINATED",
      "launch failed": `→ gone; ${launchFailed}`,
      kill: "kill",
      "shut-down": "shut-down",
      silence: "shut-down",
      delivered: "",
    },
  ],
  [
    "running",
    {
      prepared: "",
      "preparation failed": `→ gone; ${launchFailed}; tell-exited-executor`,
      RUNNING: "tell-status",
      FAILED: "tell-status",
      settled: "→ gone; tell FAILED/EXECUTOR_TERMINATED",
      "launch failed": `→ gone; ${launchFailed}`,
      kill: "kill",
      "shut-down": "shut-down",
      silence: "shut-down",
      delivered: "",
    },
  ],
  [
    "ended",
    {
      prepared: "",
      "preparation failed": "→ gone",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "→ gone",
      "launch failed": "→ gone; count-launch-error",
      kill: "",
      "shut-down": "shut-down",
      silence: "shut-down",
      delivered: "",
    },
  ],
  [
    "ended, delivered",
    {
      prepared: "",
      "preparation failed": "→ gone; forget",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "→ gone; forget",
      "launch failed": "→ gone; count-launch-error; forget",
      kill: "",
      "shut-down": "shut-down",
      silence: "shut-down",
      delivered: "",
    },
  ],
  [
    "silenced",
    {
      prepared: "",
      "preparation failed": "→ gone; forget",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "→ gone; forget",
      "launch failed": "→ gone; count-launch-error; forget",
      kill: "",
      "shut-down": "shut-down",
      silence: "shut-down",
      delivered: "",
    },
  ],
  [
    "gone, undelivered",
    {
      prepared: "",
      "preparation failed": "",
      RUNNING: "drop-status",
      FAILED: "drop-status",
      settled: "",
      "launch failed": "count-launch-error",
      kill: "",
      "shut-down": "",
      silence: "forget",
      delivered: "forget",
    },
  ],
])("%s", (name, expected) => {
  const life = lives[name] ?? newTask;
  const found = Object.fromEntries(Object.entries(events).map(([event, value]) => [event, cell(life, value)]));
  expect(found).toEqual(expected);
});

test("the end of a container tells what the containerizer knows", () => {
  const life: TaskLife = { ...newTask, container: "running", state: "TASK_RUNNING" };
  const told = (event: TaskEvent) => taskTransition(life, event).effects.find(({ type }) => type === "tell-own");
  expect(
    told({
      type: "settled",
      failure: undefined,
      termination: { state: "TASK_KILLED", reason: "REASON_CONTAINER_LIMITATION_MEMORY", message: "too big" },
    }),
  ).toMatchObject({
    status: { state: "TASK_KILLED", reason: "REASON_CONTAINER_LIMITATION_MEMORY", message: "too big" },
  });
  expect(told({ type: "settled", failure: "no image", termination: { message: "other" } })).toMatchObject({
    status: { state: "TASK_FAILED", message: "Failed to launch container: no image" },
  });
  // A state after which something could come is no end.
  expect(told({ type: "settled", failure: undefined, termination: { state: "TASK_RUNNING" } })).toMatchObject({
    status: { state: "TASK_FAILED", message: "Executor terminated" },
  });
});
