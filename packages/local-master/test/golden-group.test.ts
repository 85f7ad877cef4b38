import { decodeMessage, encodeMessage } from "@berth/proto";
import { Call, Event } from "@berth/proto/v1/scheduler";
import { createRecordDecoder } from "@berth/proto";
import { type RecordedMessage, recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import { decodeNamed, RawAgent } from "./raw-agent.ts";
import { ask, plain, RawScheduler } from "./raw-scheduler.ts";
import { startMaster } from "./start-master.ts";

const s4 = (part: string, n = 0): RecordedMessage => {
  const found = recordedMessages("s4", part)[n];
  if (found === undefined) throw new Error(`s4 has no ${part} number ${n}`);
  return found;
};

/** The recorded call about an offer of ours: offers are counted differently, everything else stays. */
function withOffer(recorded: RecordedMessage, offerId: string, streamId: string): Buffer {
  const read = decodeMessage(Call, recorded.body);
  if (!read.ok) throw new Error("the recording cannot be read");
  const call = { ...read.value, accept: { ...read.value.accept, offerIds: [{ value: offerId }] } };
  const body = encodeMessage(Call, call);
  const head = [
    recorded.firstLine,
    "Host: 127.0.0.1",
    "Content-Type: application/x-protobuf",
    "Accept: application/x-protobuf",
    `Mesos-Stream-Id: ${streamId}`,
    `Content-Length: ${body.byteLength}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

test("s4: a task group goes to the agent as recorded, its updates come back as recorded, its executor's end is told", async () => {
  const registered = decodeNamed("SlaveRegisteredMessage", s4("SlaveRegisteredMessage").body);
  const masterId = (registered as { slaveId: { value: string } }).slaveId.value.replace(/-S\d+$/, "");
  await using running = await startMaster({}, [masterId]);
  await using agent = await RawAgent.start(running.port);
  await agent.replay(s4("RegisterSlaveMessage"));
  await agent.message("SlaveRegisteredMessage");

  // The group's framework was the second one.
  const [first, second] = recordedMessages("s4", "POST_master_api_v1_scheduler").filter((each) =>
    Buffer.from(each.body).includes("mesos-execute"),
  ) as [RecordedMessage, RecordedMessage];
  const before = await RawScheduler.open(running.port, first.raw);
  await before.event("OFFERS");
  before[Symbol.dispose]();
  await agent.message("ShutdownFrameworkMessage");
  using scheduler = await RawScheduler.open(running.port, second.raw);
  const offer = (await scheduler.event("OFFERS")).offers?.offers?.[0]?.id?.value ?? "";
  expect(scheduler.frameworkId).toBe(`${masterId}-0001`);

  const accept = recordedMessages("s4", "POST_master_api_v1_scheduler").find((each) =>
    Buffer.from(each.body).includes("default-executor"),
  ) as RecordedMessage;
  expect((await ask(running.port, withOffer(accept, offer, scheduler.streamId))).status).toBe(202);
  const ours = await agent.message("RunTaskGroupMessage");
  const theirs = s4("RunTaskGroupMessage");
  expect(ours.request).toBe(theirs.firstLine);
  expect(decodeNamed("RunTaskGroupMessage", ours.body)).toEqual(decodeNamed("RunTaskGroupMessage", theirs.body));
  expect(ours.body.toString("hex")).toBe(Buffer.from(theirs.body).toString("hex"));

  const updates = recordedMessages("s4", "POST_master_mesos.internal.StatusUpdateMessage").filter((each) =>
    Buffer.from(each.body).includes(`${masterId}-0001`),
  );
  const wanted = eventsOf(s4("RESP_200", 1)).filter(({ type }) => type === "UPDATE");
  expect(updates.length).toBe(wanted.length);
  for (const [index, update] of updates.entries()) {
    await agent.replay(update);
    expect(plain(await scheduler.event("UPDATE", index))).toEqual(plain(wanted[index] as Event));
  }

  const exited = s4("ExitedExecutorMessage");
  await agent.replay(exited);
  const { executorId, slaveId, status } = decodeNamed("ExitedExecutorMessage", exited.body) as Record<string, object>;
  expect((await scheduler.event("FAILURE")).failure).toEqual({ agentId: slaveId, executorId, status });
});

function eventsOf(recorded: RecordedMessage): Event[] {
  const events: Event[] = [];
  createRecordDecoder((record) => {
    const read = decodeMessage(Event, record);
    if (read.ok) events.push(read.value);
  }).push(recorded.body);
  return events;
}
