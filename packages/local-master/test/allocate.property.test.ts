import * as fc from "fast-check";
import { addResources, containsResources, parseResources, scalarOf, withoutAllocation } from "@berth/resources";
import type { Resource } from "@berth/proto/v1";
import { expect, test } from "vitest";
import { freeResources } from "../src/books/accounts.ts";
import { Driver, type Subscription, task } from "./driver.ts";

type Step =
  | { readonly type: "accept"; readonly framework: number; readonly cpus: number; readonly refuse: number }
  | { readonly type: "decline"; readonly framework: number; readonly refuse: number }
  | { readonly type: "finish" | "unreachable" | "reregister"; readonly pick: number }
  | { readonly type: "suppress" | "revive" | "resubscribe" | "teardown"; readonly framework: number }
  | { readonly type: "pass"; readonly ms: number };

const framework = fc.nat(2);
const refuse = fc.constantFrom(0, 1, 30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("accept" as const),
      framework,
      cpus: fc.integer({ min: 1, max: 45 }),
      refuse,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("decline" as const), framework, refuse }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("finish" as const), pick: fc.nat() }) },
  fc.record({ type: fc.constantFrom("unreachable" as const, "reregister" as const), pick: fc.nat() }),
  fc.record({
    type: fc.constantFrom("suppress" as const, "revive" as const, "resubscribe" as const, "teardown" as const),
    framework,
  }),
  fc.record({ type: fc.constant("pass" as const), ms: fc.constantFrom(100, 1000, 5000) }),
);

const infos = [
  { roles: ["a", "b"], capabilities: [{ type: "MULTI_ROLE" as const }], failoverTimeout: 1e6, checkpoint: true },
  { role: "a", failoverTimeout: 1e6, checkpoint: true },
  { failoverTimeout: 1e6 },
];

test("whatever happens: no agent gives more than it has, books agree, and everything comes back", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const driver = new Driver();
      const agents = [
        driver.register("cpus:4;mem:4096;cpus(a):1;ports:[1-100]", 5051),
        driver.register("cpus:2;mem:2048", 5052),
      ];
      const frameworks: Subscription[] = infos.map((info) => driver.subscribe(info));
      let next = 0;
      for (const each of steps) {
        take(driver, frameworks, agents, each, () => `t${next++}`);
        checkBooks(driver);
      }
      for (const each of frameworks)
        driver.turn({ type: "call", call: { type: "TEARDOWN", frameworkId: { value: each.frameworkId } } });
      expect(driver.books.offers.size).toBe(0);
      for (const agent of driver.books.agents.values()) {
        expect(agent.allocated).toEqual([]);
        expect(scalarOf(freeResources(agent), "cpus")).toBe(scalarOf(agent.total, "cpus"));
      }
    }),
    { numRuns: 150 },
  );
});

function take(
  driver: Driver,
  frameworks: Subscription[],
  agents: readonly string[],
  step: Step,
  newId: () => string,
): void {
  const { books } = driver;
  if (step.type === "pass") return driver.pass(step.ms);
  if ("framework" in step) {
    const own = frameworks[step.framework] as Subscription;
    const record = books.frameworks.get(own.frameworkId);
    const open = [...(record?.offers.values() ?? [])];
    const refuseSeconds = "refuse" in step ? step.refuse : 0;
    switch (step.type) {
      case "accept":
        return own.launch([task(newId(), `cpus:${step.cpus / 10};mem:64`)], refuseSeconds, open[0]?.shown);
      case "decline":
        return own.call({
          type: "DECLINE",
          decline: { offerIds: open.map(({ id }) => ({ value: id })), filters: { refuseSeconds } },
        });
      case "suppress":
        return own.call({ type: "SUPPRESS" });
      case "revive":
        return own.call({ type: "REVIVE" });
      case "teardown":
        return own.call({ type: "TEARDOWN" });
      case "resubscribe": {
        own.end();
        const id = record === undefined ? {} : { id: { value: own.frameworkId } };
        frameworks[step.framework] = driver.subscribe({ ...infos[step.framework], ...id });
        return undefined;
      }
    }
  }
  if (step.type === "finish") {
    const tasks = [...books.frameworks.values()].flatMap((each) => [...each.tasks.values()]);
    const chosen = tasks[step.pick % Math.max(tasks.length, 1)];
    if (chosen !== undefined) driver.update(chosen.agentId, chosen.frameworkId, chosen.id, "TASK_FINISHED");
    return undefined;
  }
  const index = step.pick % agents.length;
  const agentId = agents[index] ?? "";
  if (step.type === "unreachable") {
    if (!books.agents.has(agentId)) return undefined;
    books.agents.get(agentId)!.observer.unanswered = 99;
    return driver.pass(15_000);
  }
  const tasks = [...books.frameworks.values()].flatMap((each) => [
    ...each.unreachableTasks.values(),
    ...each.tasks.values(),
  ]);
  const those = tasks.filter((each) => each.agentId === agentId);
  const infosThere = [...new Set(those.map((each) => each.frameworkId))].map(
    (id) => books.frameworks.get(id)?.info ?? {},
  );
  const listed = those.map((each) => ({ ...each.task, state: "TASK_RUNNING" as const, statuses: [] }));
  const resources = index === 0 ? "cpus:4;mem:4096;cpus(a):1;ports:[1-100]" : "cpus:2;mem:2048";
  return driver.reregister(agentId, listed, infosThere, { port: 5051 + index, resources });
}

function checkBooks({ books }: Driver): void {
  let held: readonly Resource[] = [];
  for (const agent of books.agents.values()) {
    let sum: readonly Resource[] = [];
    for (const offer of agent.offers.values()) sum = addResources(sum, offer.resources);
    for (const tasks of agent.tasks.values()) {
      for (const record of tasks.values()) if (!record.released) sum = addResources(sum, record.task.resources ?? []);
    }
    expect(same(sum, agent.allocated)).toBe(true);
    expect(containsResources(agent.total, withoutAllocation(agent.allocated))).toBe(true);
    held = addResources(held, agent.allocated);
  }
  let booked: readonly Resource[] = [];
  for (const framework of books.frameworks.values()) booked = addResources(booked, framework.allocated);
  expect(same(held, booked)).toBe(true);
}

function same(a: readonly Resource[], b: readonly Resource[]): boolean {
  return containsResources(a, b) && containsResources(b, a);
}

test("what is free goes to who has least, by role and then by framework", () => {
  const driver = new Driver();
  const poor = driver.subscribe({ name: "poor", role: "b" });
  const rich = driver.subscribe({ name: "rich", role: "a" });
  driver.register("cpus:1;mem:1000", 5051);
  // All else equal, the roles' names decide.
  expect([rich.offers().length, poor.offers().length]).toEqual([1, 0]);
  driver.register("cpus:1;mem:1000", 5052);
  expect([rich.offers().length, poor.offers().length]).toEqual([1, 1]);
  const second = driver.subscribe({ name: "second", role: "a" });
  driver.register("cpus:4;mem:1000", 5053);
  expect(second.offers()).toHaveLength(1);
});

test("what is reserved goes to its role and those below it, GPUs to those who say that they use them", () => {
  const driver = new Driver();
  driver.register("cpus(a):2;mem(a):64;cpus:1;mem:32", 5051);
  const other = driver.subscribe({ name: "other" });
  expect(cpus(other)).toEqual([1]);
  const child = driver.subscribe({
    name: "child",
    roles: ["a/b"],
    capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
  });
  expect(cpus(child)).toEqual([2]);
  driver.register("cpus:8;mem:64;gpus:1", 5052);
  expect(cpus(other)).toEqual([1]);
  const graphics = driver.subscribe({ name: "gpu", capabilities: [{ type: "GPU_RESOURCES" }] });
  expect(cpus(graphics)).toEqual([8]);
});

test("crumbs are not offered: less than 0.01 cpus and less than 32 MB", () => {
  const driver = new Driver();
  driver.register("cpus:0.009;mem:31;disk:1000;ports:[1-10]");
  expect(driver.subscribe().offers()).toEqual([]);
  expect(parseResources("cpus:0.009")).toHaveLength(1);
});

function cpus(framework: Subscription): (number | undefined)[] {
  return framework.offers().map((offer) => scalarOf([...(offer.resources ?? [])], "cpus"));
}
