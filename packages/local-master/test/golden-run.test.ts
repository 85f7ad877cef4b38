import { recordedMessages, type RecordedMessage, type RecordedScenario } from "@berth/testkit";
import { createRecordDecoder, decodeMessage, parseMessage } from "@berth/proto";
import { Event } from "@berth/proto/v1/scheduler";
import { expect, test } from "vitest";
import { decodeNamed, RawAgent, type Received } from "./raw-agent.ts";
import { ask, plain, RawScheduler } from "./raw-scheduler.ts";
import { startMaster } from "./start-master.ts";

/** The messages to and from the master, and the scheduler's, in their order. */
test.each(["s1", "s2"] as const)(
  "a whole recorded run, %s: what a real master sent is what ours sends",
  async (scenario) => {
    const stream = recordedMessages(scenario, "RESP_200")[0] as RecordedMessage;
    const wanted = recordedEvents(stream);
    const masterId = wanted[0]?.subscribed?.masterInfo?.id ?? "";
    const streamId = stream.headers.find(([name]) => name === "Mesos-Stream-Id")?.[1] ?? "";
    await using running = await startMaster({}, [masterId, streamId]);
    await using agent = await RawAgent.start(running.port);
    const ports = { 5050: running.port, 5051: agent.port };

    await agent.replay(only(scenario, "RegisterSlaveMessage"));
    held(await agent.message("SlaveRegisteredMessage"), only(scenario, "SlaveRegisteredMessage"), ports);
    const ping = await agent.message("PingSlaveMessage");
    held(ping, first(scenario, "PingSlaveMessage"), ports);
    await agent.replay(first(scenario, "PongSlaveMessage"));
    await agent.replay(only(scenario, "UpdateSlaveMessage"));

    const [subscribe, ...calls] = recordedMessages(scenario, "_v1_scheduler");
    using scheduler = await RawScheduler.open(running.port, (subscribe as RecordedMessage).raw);
    expect(scheduler.status).toBe(200);
    expect(scheduler.headers["mesos-stream-id"]).toBe(streamId);
    expect(scheduler.headers["content-type"]).toBe(stream.headers.find(([name]) => name === "Content-Type")?.[1]);
    expect(scheduler.headers["transfer-encoding"]).toBe("chunked");
    await scheduler.event("OFFERS");

    const updates = recordedMessages(scenario, "POST_master_mesos.internal.StatusUpdateMessage");
    const call = async (recorded: RecordedMessage) => {
      expect((await ask(running.port, recorded.raw)).status).toBe(202);
    };
    await call(calls.shift() as RecordedMessage);
    held(await agent.message("RunTaskMessage"), toAgent(scenario, "RunTaskMessage")[0] as RecordedMessage, ports);
    let acknowledged = 0;
    for (const [index, update] of updates.entries()) {
      await agent.replay(update);
      await scheduler.event("UPDATE", index);
      for (let next = calls.shift(); next !== undefined; next = calls.shift()) {
        const text = Buffer.from(next.body).toString("latin1");
        await call(next);
        if (text.includes('"KILL"')) {
          held(
            await agent.message("KillTaskMessage"),
            toAgent(scenario, "KillTaskMessage")[0] as RecordedMessage,
            ports,
          );
          break;
        }
        if (text.includes('"TEARDOWN"')) break;
        const acknowledgements = toAgent(scenario, "StatusUpdateAcknowledgementMessage");
        const ours = await agent.message("StatusUpdateAcknowledgementMessage", acknowledged);
        held(ours, acknowledgements[acknowledged] as RecordedMessage, ports);
        acknowledged++;
        // The kill of s2 follows the second acknowledgement, the teardown the third.
        const following = Buffer.from(calls[0]?.body ?? []).toString("latin1");
        if (!following.includes('"KILL"') && !following.includes('"TEARDOWN"')) break;
      }
    }
    scheduler[Symbol.dispose]();
    held(
      await agent.message("ShutdownFrameworkMessage"),
      toAgent(scenario, "ShutdownFrameworkMessage")[0] as RecordedMessage,
      ports,
    );

    // The task's resources are offered again at once; the recorded scheduler had left before the next round.
    const again = scheduler.events.filter((event) => event.type === "OFFERS").slice(1);
    const ours = scheduler.events.filter((event) => !again.includes(event)).map(plain);
    expect(ours).toHaveLength(wanted.length);
    expect(ours.map(comparable)).toEqual(wanted.map(plain).map((event) => withPorts(comparable(event), ports)));

    await agent.replay(only(scenario, "UnregisterSlaveMessage"));
  },
);

/** Byte for byte but for ports; framing and headers as recorded, from the process that sent it. */
function held(received: Received, recorded: RecordedMessage, ports: Ports): void {
  expect(received.request).toBe(recorded.firstLine);
  const from = recorded.headers.find(([name]) => name === "Libprocess-From")?.[1];
  expect(received.from).toBe(from?.replace(":5050", `:${ports[5050]}`));
  const names = received.rawHeaders.filter((_, index) => index % 2 === 0);
  expect(names).toEqual(recorded.headers.map(([name]) => name));
  expect(decodeNamed(received.name, received.body)).toEqual(decodeNamed(received.name, recorded.body));
  expect(received.body.toString("hex")).toBe(Buffer.from(recorded.body).toString("hex"));
}

type Ports = Readonly<Record<5050 | 5051, number>>;

function withPorts(value: unknown, ports: Ports): unknown {
  if (value === 5050 || value === 5051) return ports[value];
  if (typeof value === "string") return value.replace(/:(505[01])$/, (_, port: "5050") => `:${ports[port]}`);
  if (Array.isArray(value)) return value.map((each) => withPorts(each, ports));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPorts(each, ports)]));
}

/** Resources are a set; the recorded master is a 1.12 with one capability more. */
function comparable(event: unknown): unknown {
  const { subscribed, offers, ...rest } = event as {
    subscribed?: { master_info: { version: string; capabilities: object[] } };
    offers?: { offers: { resources: { name: string }[] }[] };
  };
  if (subscribed !== undefined) {
    const { version: _, capabilities, ...info } = subscribed.master_info;
    const known = capabilities.filter((each) => "type" in each);
    return { ...rest, subscribed: { ...subscribed, master_info: { ...info, capabilities: known } } };
  }
  if (offers === undefined) return event;
  const sorted = offers.offers.map((offer) => ({
    ...offer,
    resources: offer.resources.toSorted((a, b) => a.name.localeCompare(b.name)),
  }));
  return { ...rest, offers: { offers: sorted } };
}

function recordedEvents(recorded: RecordedMessage): Event[] {
  const json = recorded.headers.some(([, value]) => value === "application/json");
  const events: Event[] = [];
  createRecordDecoder((record) => {
    const read = json
      ? parseMessage(Event, Buffer.from(record).toString(), { unknown: "ignore" })
      : decodeMessage(Event, record);
    if (read.ok) events.push(read.value);
  }).push(recorded.body);
  return events;
}

function only(scenario: RecordedScenario, name: string): RecordedMessage {
  const all = recordedMessages(scenario, `mesos.internal.${name}`);
  expect(all).toHaveLength(1);
  return all[0] as RecordedMessage;
}

function first(scenario: RecordedScenario, name: string): RecordedMessage {
  return recordedMessages(scenario, `mesos.internal.${name}`)[0] as RecordedMessage;
}

/** Those from the master to the agent, not the agent's to its executors. */
function toAgent(scenario: RecordedScenario, name: string): readonly RecordedMessage[] {
  return recordedMessages(scenario, `POST_slave(1)_mesos.internal.${name}`);
}
