import { encodeMessage, type MessageCodec } from "@berth/proto";
import * as authentication from "@berth/proto/internal/authentication";
import * as messages from "@berth/proto/internal/messages";
import type { TaskInfo } from "@berth/proto/internal";
import { findEngine, recordedMessages, type RecordedScenario } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { dockerTask } from "../e2e/agent-world.ts";
import { Siege, unharmed } from "./siege.ts";

const engine = await findEngine();
const scenarios: readonly RecordedScenario[] = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

/** Every kind of message of Mesos' own protobufs, and one that there is not. */
const names = [...Object.values(messages), ...Object.values(authentication)]
  .flatMap((each) => (typeof each === "object" && "$type" in each ? [(each as MessageCodec<object>).$type] : []))
  .filter((name) => name.endsWith("Message"))
  .concat("mesos.internal.NoSuchMessage", "mesos.scheduler.Call", "");

class Sender {
  readonly siege: Siege;
  readonly from: string;

  constructor(siege: Siege, from = `master@${siege.agent.master}`) {
    this.siege = siege;
    this.from = from;
  }

  async bytes(name: string, body: Uint8Array): Promise<void> {
    const answer = await fetch(`http://${this.siege.agent.agent}/slave(1)/${name}`, {
      method: "POST",
      headers: { "libprocess-from": this.from },
      body: new Uint8Array(body),
    });
    // Whatever it is: it came. What becomes of it is not said here.
    if (answer.status !== 202) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }

  send<T extends object>(codec: MessageCodec<T>, message: T): Promise<void> {
    return this.bytes(codec.$type, encodeMessage(codec, message));
  }
}

function strangers(siege: Siege): readonly Sender[] {
  return [
    "stranger@127.0.0.1:1",
    "master@127.0.0.1:1",
    `slave(1)@${siege.agent.agent}`,
    `scheduler-1@${siege.agent.master}`,
  ].map((from) => new Sender(siege, from));
}

interface Ids {
  readonly slaveId: { readonly value: string };
  readonly frameworkId: { readonly value: string };
}

async function idsOf(siege: Siege): Promise<Ids> {
  const state = (await (await fetch(`http://${siege.agent.agent}/state`)).json()) as { id: string };
  return { slaveId: { value: state.id }, frameworkId: { value: siege.scheduler.frameworkId } };
}

const cpus = (value: number) => ({
  name: "cpus",
  type: "SCALAR" as const,
  scalar: { value },
  allocationInfo: { role: "*" },
});

function runTask(siege: Siege, ids: Ids, id: string, more: TaskInfo = {}): messages.RunTaskMessage {
  const { image } = siege;
  return {
    framework: { user: "root", name: "e2e", id: ids.frameworkId },
    pid: "@0.0.0.0:0",
    launchExecutor: true,
    task: {
      name: id,
      taskId: { value: id },
      slaveId: ids.slaveId,
      resources: [cpus(0.1)],
      command: { value: "sleep 600" },
      container: { type: "DOCKER", docker: { image, network: "HOST" } },
      ...more,
    },
  };
}

describe.skipIf(engine === undefined)("messages of all kinds", () => {
  const lay = () => Siege.lay(engine?.socketPath ?? "");

  test("undecodable and incomplete ones, of every name and from anybody, are dropped and said once a kind", async () => {
    const siege = await lay();
    const senders = [new Sender(siege), ...strangers(siege)];
    const bodies = [Uint8Array.of(0xff, 0xff, 0xff), new Uint8Array(), Uint8Array.of(0x0a, 0x05, 0x0a, 0x7f)];
    const round = async () => {
      for (const sender of senders) {
        for (const name of names) {
          // A master may say that without a reason: the agent would end.
          const orders = name === messages.ShutdownMessage.$type && sender === senders[0];
          for (const body of bodies) if (!orders || body.length > 0) await sender.bytes(name, body);
        }
      }
    };
    await round();
    await expect.poll(() => siege.look()).toEqual(unharmed);
    const lines = () => siege.agent.log().split("\n").length;
    const first = lines();
    await round();
    await round();
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(lines()).toBe(first);
    for (const name of ["RunTaskMessage", "KillTaskMessage", "PingSlaveMessage", "UpdateFrameworkMessage"]) {
      expect(siege.said(`name=mesos.internal.${name}`), name).toBeGreaterThan(0);
    }
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
  });

  test("every recorded message to an agent, cut anywhere, is dropped", async () => {
    const siege = await lay();
    const master = new Sender(siege);
    const stranger = new Sender(siege, "master@127.0.0.1:1");
    const seen = new Set<string>();
    for (const { firstLine, body } of scenarios.flatMap((scenario) => recordedMessages(scenario, "POST_slave(1)"))) {
      const name = /^POST \/slave\(1\)\/(mesos\.internal\.\w+) /.exec(firstLine)?.[1];
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      // Cut at the right place it is a whole one with another id; from the master that is the end, as it should be.
      const sender = /Slave(Rer|R)egistered/.test(name) ? stranger : master;
      // To its first byte in some hundred steps; whole ones are another test's.
      const step = Math.max(1, Math.floor(body.length / 100));
      for (let length = 1; length < body.length; length += step) await sender.bytes(name, body.subarray(0, length));
    }
    expect(seen.size).toBe(12);
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
  });

  test("nobody but the master launches, kills, acknowledges, registers or ends", async () => {
    const siege = await lay();
    const ids = await idsOf(siege);
    const witness = { ...ids, taskId: { value: "witness" } };
    for (const stranger of strangers(siege)) {
      const run = runTask(siege, ids, "strange");
      await stranger.send(messages.RunTaskMessage, run);
      await stranger.send(messages.RunTaskGroupMessage, {
        framework: run.framework,
        executor: { executorId: { value: "e" }, frameworkId: ids.frameworkId },
        taskGroup: { tasks: run.task === undefined ? [] : [run.task] },
        launchExecutor: true,
      });
      await stranger.send(messages.KillTaskMessage, witness);
      await stranger.send(messages.ShutdownExecutorMessage, { ...ids, executorId: { value: "witness" } });
      await stranger.send(messages.ShutdownFrameworkMessage, ids);
      await stranger.send(messages.SlaveRegisteredMessage, { slaveId: { value: "other-S9" } });
      await stranger.send(messages.SlaveReregisteredMessage, { slaveId: { value: "other-S9" } });
      await stranger.send(messages.ShutdownMessage, { message: "end" });
    }
    for (const name of ["RunTask", "KillTask", "ShutdownFramework", "Shutdown", "SlaveRegistered"]) {
      expect(siege.said(`why=unknown-sender name=mesos.internal.${name}Message`), name).toBe(1);
    }
    // Their acknowledgement of an update that waits for one: were it taken, the next update would come before the fence.
    await siege.scheduler.launch(await siege.scheduler.offer(), dockerTask(siege.image, "unheard", "exec sleep 600"));
    const starting = await siege.scheduler.event(({ update }) => update?.status.task_id.value === "unheard");
    const status = starting.update?.status;
    expect(status?.state).toBe("TASK_STARTING");
    await expect
      .poll(async () => (await siege.executors()).map(({ tasks }) => tasks[0]?.state))
      .toEqual(["TASK_RUNNING", "TASK_RUNNING"]);
    for (const stranger of strangers(siege)) {
      await stranger.send(messages.StatusUpdateAcknowledgementMessage, {
        ...ids,
        taskId: { value: "unheard" },
        uuid: Buffer.from(status?.uuid ?? "", "base64"),
      });
    }
    await fetch(`http://${siege.agent.agent}/state`);
    await siege.scheduler.call({ type: "RECONCILE", reconcile: { tasks: [{ task_id: { value: "unheard" } }] } });
    for (;;) {
      const next = await siege.scheduler.event(({ update }) => update?.status.task_id.value === "unheard");
      if (next.update?.status.reason === "REASON_RECONCILIATION") break;
      // It may have come again meanwhile.
      expect(next.update?.status.uuid).toBe(status?.uuid);
    }
    await siege.scheduler.acknowledge(status as never);
    await siege.scheduler.status("unheard", "TASK_RUNNING");
    await siege.scheduler.call({ type: "KILL", kill: { task_id: { value: "unheard" } } });
    await siege.scheduler.status("unheard", "TASK_KILLED");
    await expect.poll(async () => (await siege.executors()).length).toBe(1);
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
  });

  test("the master's own about ids that there are not are answered as wire.md says, or not at all", async () => {
    const siege = await lay();
    const ids = await idsOf(siege);
    const master = new Sender(siege);
    const nobody = { value: "nobody" };
    const lost = (id: string) => siege.scheduler.status(id, "TASK_LOST");
    await master.send(messages.KillTaskMessage, { frameworkId: nobody, taskId: { value: "witness" } });
    await master.send(messages.ShutdownFrameworkMessage, { frameworkId: nobody });
    await master.send(messages.ShutdownExecutorMessage, { ...ids, executorId: nobody });
    await master.send(messages.ShutdownExecutorMessage, { frameworkId: nobody, executorId: { value: "witness" } });
    await master.send(messages.UpdateFrameworkMessage, { frameworkId: nobody, pid: "@0.0.0.0:0" });
    const uuid = new Uint8Array(16);
    for (const taskId of [nobody, { value: "witness" }]) {
      await master.send(messages.StatusUpdateAcknowledgementMessage, { ...ids, taskId, uuid });
      await master.send(messages.StatusUpdateAcknowledgementMessage, { ...ids, frameworkId: nobody, taskId, uuid });
    }
    const elsewhere = runTask(siege, { ...ids, slaveId: nobody }, "elsewhere");
    await master.send(messages.RunTaskMessage, elsewhere);
    await expect.poll(() => siege.look()).toEqual(unharmed);
    // A task of a framework that there is: "no executor knows the task".
    await master.send(messages.KillTaskMessage, { ...ids, taskId: nobody });
    expect(await lost("nobody")).toMatchObject({ reason: "REASON_EXECUTOR_TERMINATED" });
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
  });

  test("tasks that cannot be are refused one by one, with the reasons of wire.md", async () => {
    const siege = await lay();
    const ids = await idsOf(siege);
    const master = new Sender(siege);
    const refused = async (id: string, more: TaskInfo, reason: string) => {
      await master.send(messages.RunTaskMessage, runTask(siege, ids, id, more));
      expect(await siege.scheduler.status(id, "TASK_LOST"), id).toMatchObject({ reason });
    };
    await refused("no-resources", { resources: [] }, "REASON_RESOURCES_UNKNOWN");
    await refused("too-much", { resources: [cpus(100_000)] }, "REASON_RESOURCES_UNKNOWN");
    await refused("negative", { resources: [cpus(-1)] }, "REASON_TASK_INVALID");
    await refused("not-a-number", { resources: [cpus(Number.NaN)] }, "REASON_TASK_INVALID");
    await refused("no-command", { command: undefined }, "REASON_TASK_INVALID");
    await refused("../../escape", {}, "REASON_TASK_INVALID");
    await refused("x".repeat(300), {}, "REASON_TASK_INVALID");
    // The second of its id is refused; the status says so once, and that the first runs on.
    await master.send(messages.RunTaskMessage, runTask(siege, ids, "witness"));
    const { update } = await siege.scheduler.event((event) => event.update?.status.task_id.value === "witness");
    expect(update?.status).toMatchObject({ state: "TASK_LOST", reason: "REASON_TASK_INVALID" });
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
  });
});
