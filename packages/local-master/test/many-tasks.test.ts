import { expect, test } from "vitest";
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
