import { createHmac } from "node:crypto";
import { AuthenticateMessage, AuthenticationStepMessage } from "@berth/proto/internal/authentication";
import { type RecordedMessage, recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import { decodeNamed, RawAgent } from "./raw-agent.ts";
import { plain, RawScheduler } from "./raw-scheduler.ts";
import { startMaster } from "./start-master.ts";

const nth = (scenario: "s3" | "s5" | "s6" | "s8", part: string, n = 0) => {
  const found = recordedMessages(scenario, part)[n];
  if (found === undefined) throw new Error(`${scenario} has no ${part} number ${n}`);
  return found;
};
const toAgent = (name: string) => `POST_slave(1)_mesos.internal.${name}`;

/** The ids that a recorded master gave begin with its own. */
function masterIdOf(scenario: "s3" | "s5" | "s6"): string {
  const registered = decodeNamed("SlaveRegisteredMessage", nth(scenario, toAgent("SlaveRegisteredMessage")).body);
  return (registered as { slaveId: { value: string } }).slaveId.value.replace(/-S\d+$/, "");
}

/** A scenario up to the running task. */
async function untilRunning(scenario: "s3" | "s5", agent: RawAgent, port: number): Promise<RawScheduler> {
  await agent.replay(nth(scenario, "RegisterSlaveMessage"));
  await agent.message("SlaveRegisteredMessage");
  const [subscribe, accept] = recordedMessages(scenario, "POST_api_v1_scheduler") as [RecordedMessage, RecordedMessage];
  const scheduler = await RawScheduler.open(port, subscribe.raw);
  await scheduler.event("OFFERS");
  const call = JSON.parse(Buffer.from(accept.body).toString()) as object;
  expect((await scheduler.call(call)).status).toBe(202);
  await agent.message("RunTaskMessage");
  for (let n = 0; n < 2; n++) await agent.replay(nth(scenario, "POST_master_mesos.internal.StatusUpdateMessage", n));
  await scheduler.event("UPDATE", 1);
  return scheduler;
}

test("s3: an agent that the master still has re-registers, the messages are the recorded ones", async () => {
  await using running = await startMaster({}, [masterIdOf("s3")]);
  await using agent = await RawAgent.start(running.port);
  using scheduler = await untilRunning("s3", agent, running.port);
  agent.cut();
  await agent.replay(nth("s3", "ReregisterSlaveMessage"));
  for (const name of ["SlaveReregisteredMessage", "UpdateFrameworkMessage"]) {
    const ours = await agent.message(name);
    expect(decodeNamed(name, ours.body)).toEqual(decodeNamed(name, nth("s3", toAgent(name)).body));
    expect(ours.body.toString("hex")).toBe(Buffer.from(nth("s3", toAgent(name)).body).toString("hex"));
  }
  // The task is the one that was there: it can be killed, and its end is told.
  expect((await scheduler.call({ type: "KILL", kill: { task_id: { value: "rec-0" } } })).status).toBe(202);
  const kill = await agent.message("KillTaskMessage");
  expect(kill.body.toString("hex")).toBe(Buffer.from(nth("s3", toAgent("KillTaskMessage")).body).toString("hex"));
  await agent.replay(nth("s3", "POST_master_mesos.internal.StatusUpdateMessage", 2));
  expect((await scheduler.event("UPDATE", 2)).update?.status?.state).toBe("TASK_KILLED");
});

test("s5: an agent that answers no ping, comes back, and leaves: the events have the recorded fields", async () => {
  await using running = await startMaster({ agentPingTimeoutMs: 100, maxAgentPingTimeouts: 3 }, [masterIdOf("s5")]);
  await using agent = await RawAgent.start(running.port);
  using scheduler = await untilRunning("s5", agent, running.port);
  const wanted = recordedEvents("s5");
  agent.pongs = false;
  const failure = await scheduler.event("FAILURE");
  expect(plain(failure)).toEqual(wanted.find(({ type }) => type === "FAILURE"));
  const lost = await scheduler.event("UPDATE", 2);
  const recordedUpdates = wanted.filter(({ type }) => type === "UPDATE");
  expect(shape(plain(lost))).toEqual(shape(recordedUpdates[2]));

  agent.pongs = true;
  await agent.replay(nth("s5", "ReregisterSlaveMessage"));
  const back = await scheduler.event("UPDATE", 3);
  expect(shape(plain(back))).toEqual(shape(recordedUpdates[3]));
  const ours = await agent.message("SlaveReregisteredMessage");
  expect(decodeNamed("SlaveReregisteredMessage", ours.body)).toMatchObject({
    slaveId: { value: `${masterIdOf("s5")}-S0` },
    connection: { totalPingTimeoutSeconds: 0.3 },
  });

  await agent.replay(nth("s5", "UnregisterSlaveMessage"));
  const gone = await scheduler.event("UPDATE", 4);
  expect(shape(plain(gone))).toEqual(shape(recordedUpdates[4]));
});

test("s6: a new master at the port of the old one takes agent, task and framework over", async () => {
  await using agent = await RawAgent.start(0);
  const first = await startMaster();
  const { port } = first;
  await first.master.close();
  await using _second = await startMaster({ port });
  await using moved = await RawAgent.start(port, 0);
  await moved.replay(nth("s6", "ReregisterSlaveMessage"));
  await moved.message("SlaveReregisteredMessage");
  const again = recordedMessages("s6", "POST_api_v1_scheduler").find((each) =>
    Buffer.from(each.body).toString().includes('"id":{"value"'),
  ) as RecordedMessage;
  using scheduler = await RawScheduler.open(port, again.raw);
  await scheduler.event("OFFERS");
  const id = `${masterIdOf("s6")}-0000`;
  expect(scheduler.frameworkId).toBe(id);
  const update = await moved.message("UpdateFrameworkMessage");
  expect(update.body.toString("hex")).toBe(
    Buffer.from(nth("s6", toAgent("UpdateFrameworkMessage")).body).toString("hex"),
  );
  const offered = scheduler.events.at(-1)?.offers?.offers?.[0]?.resources ?? [];
  expect(offered.find((resource) => resource.name === "cpus")?.scalar?.value).toBe(15.99);
  await scheduler.call({ type: "RECONCILE", reconcile: {} });
  const status = await scheduler.event("UPDATE");
  expect(status.update?.status).toMatchObject({ taskId: { value: "mfo-0" }, state: "TASK_RUNNING" });
  expect(agent.received).toEqual([]);
});

test("s8: CRAM-MD5 with the recorded agent's half; who has not authenticated is not registered", async () => {
  const credentials = [{ principal: "ag", secret: "sekret" }];
  await using running = await startMaster({ agentCredentials: credentials });
  await using agent = await RawAgent.start(running.port);
  await agent.replay(nth("s8", "RegisterSlaveMessage"));
  // The recorded one speaks for port 5051; ours has the same field.
  expect(decodeNamed("AuthenticateMessage", nth("s8", "AuthenticateMessage").body)).toEqual({
    pid: "slave(1)@127.0.0.1:5051",
  });
  const authenticatee = `crammd5-authenticatee(1)@127.0.0.1:${agent.port}`;
  await agent.send(
    "AuthenticateMessage",
    AuthenticateMessage.encode({ pid: agent.pid }).finish(),
    "master",
    authenticatee,
  );
  const mechanisms = await agent.message("AuthenticationMechanismsMessage");
  const recorded = nth("s8", "AuthenticationMechanismsMessage");
  expect(mechanisms.request).toBe(recorded.firstLine);
  expect(mechanisms.from).toBe(`crammd5-authenticator-session(1)@127.0.0.1:${running.port}`);
  expect(mechanisms.body.toString("hex")).toBe(Buffer.from(recorded.body).toString("hex"));
  await agent.replay(nth("s8", "AuthenticationStartMessage"));
  const step = await agent.message("AuthenticationStepMessage");
  const { data } = decodeNamed("AuthenticationStepMessage", step.body) as { data: Uint8Array };
  expect(Buffer.from(data).toString()).toMatch(/^<\d+\.\d+@[\w.]+>$/);
  const digest = createHmac("md5", "sekret").update(data).digest("hex");
  const answer = AuthenticationStepMessage.encode({ data: Buffer.from(`ag ${digest}`) }).finish();
  await agent.send("AuthenticationStepMessage", answer, "crammd5-authenticator-session(1)", authenticatee);
  const completed = await agent.message("AuthenticationCompletedMessage");
  expect(completed.body.byteLength).toBe(0);
  expect(completed.request).toBe(nth("s8", "AuthenticationCompletedMessage").firstLine);
  expect(agent.received.some((message) => message.name === "SlaveRegisteredMessage")).toBe(false);
  await agent.replay(nth("s8", "RegisterSlaveMessage"));
  await agent.message("SlaveRegisteredMessage");
});

test("a wrong secret fails, an unknown mechanism is an error, and without credentials nobody can authenticate", async () => {
  await using running = await startMaster({ agentCredentials: [{ principal: "ag", secret: "other" }] });
  await using agent = await RawAgent.start(running.port);
  await agent.replay(nth("s8", "AuthenticateMessage"));
  await agent.message("AuthenticationMechanismsMessage");
  await agent.replay(nth("s8", "AuthenticationStartMessage"));
  await agent.message("AuthenticationStepMessage");
  await agent.replay(
    recordedMessages(
      "s8",
      "crammd5-authenticator-session(1)_mesos.internal.AuthenticationStepMessage",
    )[0] as RecordedMessage,
  );
  await agent.message("AuthenticationFailedMessage");
  await agent.replay(nth("s8", "RegisterSlaveMessage"));

  await using open = await startMaster();
  await using other = await RawAgent.start(open.port);
  await other.replay(nth("s8", "AuthenticateMessage"));
  const error = await other.message("AuthenticationErrorMessage");
  expect(decodeNamed("AuthenticationErrorMessage", error.body)).toEqual({ error: "No authenticator loaded" });
  expect(agent.received.some((message) => message.name === "SlaveRegisteredMessage")).toBe(false);
});

interface PlainEvent {
  readonly type: string;
}

function recordedEvents(scenario: "s5"): PlainEvent[] {
  const text = Buffer.from(nth(scenario, "RESP_200").body).toString();
  return [...text.matchAll(/\{"type":"[A-Z_]+".*?\}(?=\d+\n|$)/gs)].map(([json]) => JSON.parse(json) as PlainEvent);
}

/** Texts and times are one's own; everything else counts. */
function shape(value: unknown): unknown {
  const replace = (key: string, each: unknown) =>
    ["message", "timestamp", "nanoseconds"].includes(key) ? typeof each : each;
  return JSON.parse(JSON.stringify(value, replace));
}
