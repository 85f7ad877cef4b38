import { decodeMessage, parseMessage } from "@berth/proto";
import { Call, type Event } from "@berth/proto/v1/scheduler";
import { type RecordedMessage, recordedMessages } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSchedulerClient, type ContentType, type SchedulerSession } from "../src/index.ts";
import { replay, scriptedServer, type SeenRequest } from "./scripted-server.ts";

const scenarios = [
  { scenario: "s1", contentType: "protobuf" },
  { scenario: "s2", contentType: "json" },
] as const;

function readCall(body: Uint8Array, contentType: ContentType): Call {
  const read =
    contentType === "json"
      ? parseMessage(Call, Buffer.from(body).toString("utf8"), { unknown: "ignore" })
      : decodeMessage(Call, body);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value;
}

function header(message: RecordedMessage, name: string): string | undefined {
  return message.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Says what a real scheduler said, to a server that answers with what a real master answered. */
async function repeat(scenario: "s1" | "s2", contentType: ContentType) {
  const [recordedSubscribe, ...recordedCalls] = recordedMessages(scenario, "api_v1_scheduler");
  const [answer] = recordedMessages(scenario, "RESP_200");
  if (recordedSubscribe === undefined || answer === undefined) throw new Error("nothing recorded");
  const master = await scriptedServer((_, response, count) => {
    if (count === 1) replay(response, answer.raw);
    else response.writeHead(202).end();
  });
  const client = createSchedulerClient({ master: master.address, contentType });
  onTestFinished(() => client.close());
  const subscribe = readCall(recordedSubscribe.body, contentType).subscribe?.frameworkInfo;
  if (subscribe === undefined) throw new Error("no framework recorded");
  const session = await client.subscribe(subscribe);
  for (const recorded of recordedCalls) {
    const { frameworkId: _, ...call } = readCall(recorded.body, contentType);
    await session.call(call);
  }
  return { session, master, recorded: [recordedSubscribe, ...recordedCalls], answer };
}

describe.each(scenarios)(
  "the scheduler client held against $scenario, in $contentType",
  ({ scenario, contentType }) => {
    /** Protobuf byte for byte; JSON key for key, in whatever order. */
    const comparable = (body: Uint8Array): unknown =>
      contentType === "json" ? JSON.parse(Buffer.from(body).toString()) : Buffer.from(body).toString("hex");

    it("sends what the recorded scheduler sent", async () => {
      const { master, recorded, answer } = await repeat(scenario, contentType);
      expect(master.seen.length).toBe(recorded.length);
      for (const [index, theirs] of recorded.entries()) {
        const ours = master.seen[index] as SeenRequest;
        expect(comparable(ours.body)).toEqual(comparable(theirs.body));
        for (const name of ["content-type", "accept"]) expect(ours.headers[name]).toBe(header(theirs, name));
        // Only calls carry it: a master refuses a SUBSCRIBE that does.
        const streamId = index === 0 ? undefined : header(answer, "mesos-stream-id");
        expect(header(theirs, "mesos-stream-id")).toBe(streamId);
        expect(ours.headers["mesos-stream-id"]).toBe(streamId);
        expect(ours).toMatchObject({ method: "POST", url: "/api/v1/scheduler" });
      }
    });

    it("reads the events that the recorded master sent", async () => {
      const { session } = await repeat(scenario, contentType);
      expect(session.frameworkId).toMatch(/^[0-9a-f-]{36}-0000$/);
      expect(session.masterInfo).toMatchObject({ pid: "master@127.0.0.1:5050", port: 5050 });
      const events = await eventsUntil(session, ({ update }) => update?.status?.state === last);
      expect(events.map(({ type }) => type).filter((type) => type !== "HEARTBEAT")).toEqual([
        "OFFERS",
        "UPDATE",
        "UPDATE",
        "UPDATE",
      ]);
      const offer = events.find(({ type }) => type === "OFFERS")?.offers?.offers?.[0];
      expect(offer?.url).toMatchObject({ scheme: "http", path: "/slave(1)", address: { ip: "127.0.0.1", port: 5051 } });
      const statuses = events.flatMap(({ update }) => update?.status ?? []);
      expect(statuses.map(({ state }) => state)).toEqual(["TASK_STARTING", "TASK_RUNNING", last]);
      for (const { uuid, data, state } of statuses) {
        expect(uuid?.length).toBe(16);
        expect((data?.length ?? 0) > 5000).toBe(state === "TASK_RUNNING");
      }
    });
    const last = scenario === "s1" ? "TASK_FINISHED" : "TASK_KILLED";
  },
);

async function eventsUntil(session: SchedulerSession, isLast: (event: Event) => boolean): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of session.events) {
    events.push(event);
    if (isLast(event)) break;
  }
  return events;
}

it("re-subscribes with its id the way the recorded scheduler of s6 did", async () => {
  const subscribes = recordedMessages("s6", "api_v1_scheduler").flatMap((recorded) => {
    const call = readCall(recorded.body, "json");
    return call.type === "SUBSCRIBE" && call.frameworkId !== undefined ? [{ recorded, call }] : [];
  });
  const [again] = subscribes;
  const [answer] = recordedMessages("s6", "RESP_200").slice(-1);
  if (again === undefined || answer === undefined) throw new Error("nothing recorded");
  const master = await scriptedServer((_, response) => replay(response, answer.raw));
  const client = createSchedulerClient({ master: master.address, contentType: "json" });
  onTestFinished(() => client.close());
  const session = await client.subscribe(again.call.subscribe?.frameworkInfo ?? {});
  expect(session.frameworkId).toBe(again.call.frameworkId?.value);
  expect(JSON.parse(master.seen[0]?.body.toString() ?? "")).toEqual(
    JSON.parse(Buffer.from(again.recorded.body).toString()),
  );
});
