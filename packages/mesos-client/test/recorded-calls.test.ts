import { decodeMessage, encodeMessage, encodeRecord, parseMessage } from "@berth/proto";
import { Call, Event } from "@berth/proto/v1/scheduler";
import { type RecordedMessage, recordedMessages, type RecordedScenario } from "@berth/testkit";
import { expect, onTestFinished, test } from "vitest";
import { createSchedulerClient, type ContentType } from "../src/index.ts";
import { scriptedServer } from "./scripted-server.ts";

const scenarios: readonly RecordedScenario[] = ["s1", "s2", "s3", "s4", "s5", "s6"];

interface RecordedCall {
  readonly file: string;
  readonly contentType: ContentType;
  readonly body: Uint8Array;
  readonly call: Call;
}

function read(scenario: RecordedScenario, { file, headers, body }: RecordedMessage): RecordedCall {
  const json = headers.some(([name, value]) => name.toLowerCase() === "content-type" && value === "application/json");
  const call = json
    ? parseMessage(Call, Buffer.from(body).toString(), { unknown: "ignore" })
    : decodeMessage(Call, body);
  if (!call.ok) throw new Error(`${file} cannot be read`);
  return { file: `${scenario}/${file}`, contentType: json ? "json" : "protobuf", body, call: call.value };
}

const recorded = scenarios.flatMap((scenario) =>
  recordedMessages(scenario, "api_v1_scheduler").map((message) => read(scenario, message)),
);

/** A session whose framework has that id, and what comes in on it. */
async function subscribed(frameworkId: string, contentType: ContentType) {
  const event: Event = { type: "SUBSCRIBED", subscribed: { frameworkId: { value: frameworkId } } };
  const master = await scriptedServer((_, response, count) => {
    if (count > 1) return void response.writeHead(202).end();
    const type = contentType === "json" ? "application/json" : "application/x-protobuf";
    response.writeHead(200, { "content-type": type, "mesos-stream-id": "s" });
    const text = `{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"${frameworkId}"}}}`;
    response.write(encodeRecord(contentType === "json" ? Buffer.from(text) : encodeMessage(Event, event)));
  });
  const client = createSchedulerClient({ master: master.address, contentType });
  onTestFinished(() => client.close());
  return { session: await client.subscribe({ user: "u", name: "f" }), master };
}

test("the recordings hold these kinds of calls and operations", () => {
  const kinds = recorded.flatMap(({ call }) => [
    call.type,
    ...(call.accept?.operations ?? []).map(({ type }) => `ACCEPT ${type}`),
  ]);
  expect([...new Set(kinds.map(String))].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    "ACCEPT",
    "ACCEPT LAUNCH",
    "ACCEPT LAUNCH_GROUP",
    "ACKNOWLEDGE",
    "DECLINE",
    "KILL",
    "SUBSCRIBE",
    "TEARDOWN",
  ]);
});

test.each(recorded.filter(({ call }) => call.type !== "SUBSCRIBE"))(
  "$file: the call goes out as the recorded one, protobuf byte for byte, JSON key for key",
  async ({ contentType, body, call: { frameworkId, ...call } }) => {
    const { session, master } = await subscribed(frameworkId?.value ?? "", contentType);
    await session.call(call);
    const ours = master.seen[1]?.body ?? Buffer.of();
    expect(comparable(ours, contentType)).toEqual(comparable(body, contentType));
  },
);

function comparable(body: Uint8Array, contentType: ContentType): unknown {
  return contentType === "json" ? JSON.parse(Buffer.from(body).toString()) : Buffer.from(body).toString("hex");
}
