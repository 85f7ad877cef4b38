import { unrecorded } from "@berth/testkit";
import { expect, test } from "vitest";
import { Driver, task } from "./driver.ts";

/** The bodies of a name that went to agents, in hex. */
function bodies(driver: Driver, name: string): string[] {
  return driver.effects.flatMap((effect) =>
    effect.type === "send" && effect.message.name === `mesos.internal.${name}` ? [hex(effect.message.body)] : [],
  );
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

function start() {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe({
    roles: ["r"],
    checkpoint: true,
    capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
  });
  const { frameworkId } = framework;
  return { driver, agentId, framework, frameworkId };
}

function deliver(driver: Driver, name: string, body: Uint8Array): void {
  const from = { id: "slave(1)", host: "127.0.0.1", port: 5051 };
  driver.turn({ type: "agent-message", from, name: `mesos.internal.${name}`, body });
}

test("what is sent and was never recorded has the bytes of the tables", () => {
  const { driver, agentId, framework, frameworkId } = start();
  const executor = { executorId: { value: "e" }, frameworkId: { value: frameworkId }, command: { value: "x" } };
  framework.launch([task("a", "cpus:1;mem:64", { command: undefined, executor })]);
  const ids = { agentId, frameworkId, executorId: "e" };
  const agent = { agentId: { value: agentId } };
  framework.call({
    type: "KILL",
    kill: { ...agent, taskId: { value: "a" }, killPolicy: { gracePeriod: { nanoseconds: 5_000_000_000n } } },
  });
  expect(bodies(driver, "KillTaskMessage")).toEqual([hex(unrecorded.killTask(frameworkId, "a", 5_000_000_000))]);
  framework.call({ type: "SHUTDOWN", shutdown: { ...agent, executorId: { value: "e" } } });
  expect(bodies(driver, "ShutdownExecutorMessage")).toEqual([hex(unrecorded.shutdownExecutor(frameworkId, "e"))]);
  framework.call({
    type: "MESSAGE",
    message: { ...agent, executorId: { value: "e" }, data: new Uint8Array(Buffer.from("hello")) },
  });
  expect(bodies(driver, "FrameworkToExecutorMessage")).toEqual([hex(unrecorded.executorMessage(ids, "hello"))]);
});

test("a reservation and a drain have the bytes of the tables, and so has the order to end", () => {
  const { driver, agentId, framework } = start();
  const reserved = {
    name: "cpus",
    type: "SCALAR" as const,
    scalar: { value: 3 },
    reservations: [{ type: "DYNAMIC" as const, role: "r", principal: "p" }],
  };
  framework.call({
    type: "ACCEPT",
    accept: {
      offerIds: [framework.offers().at(-1)?.id ?? {}],
      operations: [{ type: "RESERVE", reserve: { resources: [reserved] } }],
    },
  });
  expect(bodies(driver, "CheckpointResourcesMessage")).toEqual([hex(unrecorded.checkpointResources(3, "r", "p"))]);
  driver.turn({
    type: "drain-agent",
    agentId,
    config: { maxGracePeriod: { nanoseconds: 10_000_000_000n }, markGone: true },
  });
  expect(bodies(driver, "DrainSlaveMessage")).toEqual([hex(unrecorded.drainSlave(10_000_000_000, true))]);
  // What it says is the master's own.
  const [order = ""] = bodies(driver, "ShutdownMessage");
  const words = Buffer.from(order, "hex").subarray(2).toString();
  expect(words).not.toBe("");
  expect(order).toBe(hex(unrecorded.shutdown(words)));
});

test("an executor's message, in the bytes of the tables, reaches its framework", () => {
  const { driver, agentId, framework, frameworkId } = start();
  deliver(
    driver,
    "ExecutorToFrameworkMessage",
    unrecorded.executorMessage({ agentId, frameworkId, executorId: "e" }, "hello"),
  );
  const [event] = framework.events("MESSAGE");
  expect(event?.message).toMatchObject({ agentId: { value: agentId }, executorId: { value: "e" } });
  expect(Buffer.from(event?.message?.data ?? []).toString()).toBe("hello");
});
