import { expect, test } from "vitest";
import { stateModel } from "../src/http/state-model.ts";
import { modelAnswer } from "../src/http/write-model.ts";
import { Driver, task } from "./driver.ts";

test("10,000 tasks: an update looks at its own task, whatever else there is", () => {
  const driver = new Driver();
  const agentId = driver.register("cpus:1000;mem:1000000");
  const framework = driver.subscribe({ checkpoint: true });
  for (let batch = 0; batch < 10; batch++) {
    framework.launch(Array.from({ length: 1000 }, (_, index) => task(`t${batch * 1000 + index}`, "cpus:0.01;mem:32")));
  }
  const record = driver.books.frameworks.get("m-0000");
  expect(record?.tasks.size).toBe(10_000);
  // What would be looked at by one message is counted, not timed.
  let looks = 0;
  const tasks = record!.tasks;
  const watched = new Proxy(tasks, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "values" || key === "keys" || key === "entries" || key === Symbol.iterator || key === "forEach")
        looks++;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  Object.assign(record!, { tasks: watched });
  for (let index = 0; index < 100; index++) {
    const uuid = driver.update(agentId, "m-0000", `t${index}`, "TASK_FINISHED");
    framework.call({
      type: "ACKNOWLEDGE",
      acknowledge: { agentId: { value: agentId }, taskId: { value: `t${index}` }, uuid },
    });
  }
  expect(tasks.size).toBe(9_900);
  expect(looks).toBe(0);
  framework.call({ type: "RECONCILE", reconcile: {} });
  expect(looks).toBe(1);
});

test("an answer about thousands of tasks is written in slices, each as it was when it was asked", async () => {
  const driver = new Driver();
  const agentId = driver.register("cpus:1000;mem:1000000");
  const framework = driver.subscribe({ checkpoint: true });
  framework.launch(Array.from({ length: 2000 }, (_, index) => task(`t${index}`, "cpus:0.01;mem:32")));
  let turns = 0;
  let over = false;
  const turn = () => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  turn();
  const answering = modelAnswer(stateModel(driver.books, undefined));
  // What comes in such a turn is for the next answer.
  driver.update(agentId, "m-0000", "t1999", "TASK_FINISHED");
  const answer = await answering;
  over = true;
  expect(turns).toBeGreaterThan(2000 / 100);
  const text = answer.kind === "json-text" ? answer.text : "";
  const { frameworks } = JSON.parse(text) as { frameworks: { tasks: { id: string; state: string }[] }[] };
  expect(frameworks[0]?.tasks).toHaveLength(2000);
  expect(new Set(frameworks[0]?.tasks.map(({ state }) => state))).toEqual(new Set(["TASK_STAGING"]));
  const later = await modelAnswer(stateModel(driver.books, undefined));
  expect(later.kind === "json-text" && later.text).toContain("TASK_FINISHED");
});
