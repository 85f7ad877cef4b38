import type { MasterFramework, MasterState, MasterTask } from "@berth/mesos-client";
import { describe, expect, it } from "vitest";
import { allTasks, findTask } from "../src/cluster/find-task.ts";
import { notOurs } from "../src/commands/kill.ts";

function task(id: string, frameworkId: string, state = "TASK_RUNNING", timestamp = 1): MasterTask {
  const statuses = [{ state, timestamp, containerId: `c-${timestamp}` }];
  return { id, name: id, frameworkId, executorId: "", agentId: "a", state, resources: {}, statuses };
}

function framework(id: string, fields: Partial<MasterFramework> = {}): MasterFramework {
  return {
    id,
    name: "berth run",
    user: "ann",
    principal: undefined,
    connected: false,
    active: false,
    failoverTimeoutSeconds: 0,
    checkpoint: true,
    roles: ["*"],
    labels: {},
    capabilities: [],
    tasks: [],
    completedTasks: [],
    ...fields,
  };
}

function state(fields: Partial<MasterState>): MasterState {
  const agent = { id: "a", hostname: "h", pid: "slave(1)@h:1", url: "http://h:1", active: true };
  return {
    id: "m",
    pid: "master@h:5050",
    version: "1",
    hostname: "h",
    agents: [{ ...agent, resources: {}, usedResources: {} }],
    frameworks: [],
    completedFrameworks: [],
    ...fields,
  };
}

describe("finding a task by its id", () => {
  it("takes the one that runs before those that have ended, and of those the last", () => {
    const ended = [task("t", "old", "TASK_FINISHED", 5), task("t", "old", "TASK_FAILED", 9)];
    const old = framework("old", { completedTasks: ended });
    expect(findTask(state({ completedFrameworks: [old] }), { task: "t" })).toMatchObject({
      task: { state: "TASK_FAILED" },
      completed: true,
      agent: { url: "http://h:1" },
    });
    const all = state({ frameworks: [framework("new", { tasks: [task("t", "new")] })], completedFrameworks: [old] });
    expect(findTask(all, { task: "t" })).toMatchObject({ framework: { id: "new" }, completed: false });
    expect(findTask(all, { task: "t", framework: "old" })).toMatchObject({ framework: { id: "old" } });
    expect(allTasks(all).length).toBe(3);
  });

  it("asks which when several run, and says when there is none", () => {
    const frameworks = ["f1", "f2"].map((id) => framework(id, { tasks: [task("t", id)] }));
    expect(() => findTask(state({ frameworks }), { task: "t" })).toThrow(/f1 .*f2 .*--framework/);
    expect(() => findTask(state({ frameworks }), { task: "u" })).toThrow("knows no task u");
  });
});

describe("whose task it is", () => {
  const found = (owner: Partial<MasterFramework>, of = task("t", "f"), completed = false) =>
    notOurs({ task: of, framework: framework("f", owner), agent: undefined, completed });

  it("is ours to kill when berth run has left it behind", () => expect(found({})).toBeUndefined());

  it.each([
    ["another framework's", found({ name: "marathon" }), /marathon \(f\).*ask it/],
    ["of a berth run that is there", found({ connected: true }), /user ann.*Ctrl-C/],
    ["over", found({}, task("t", "f", "TASK_FINISHED")), "has ended already: TASK_FINISHED"],
    ["long over", found({}, task("t", "f"), true), "has ended already"],
  ])("%s", (_, why, says) => expect(why).toMatch(says));
});
