import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Response } from "../src/gen/mesos/v1/agent/agent.ts";
import { Call, Event } from "../src/gen/mesos/v1/scheduler/scheduler.ts";
import type { MessageCodec } from "../src/index.ts";
import { decodeRecords, parseMessage, toMesosJson } from "../src/index.ts";
import { valueOf } from "./support/value-of.ts";

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/json/${name}`, import.meta.url));
}

/**
 * The members and their order as they are; numbers as their values, for RapidJSON does not always print the shortest
 * digits of a double.
 */
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

/** Mesos's own JSON read and written again. */
function again(codec: MessageCodec<object>, text: string): string {
  return toMesosJson(codec, valueOf(parseMessage(codec, text, { unknown: "ignore" })));
}

describe("JSON that Mesos wrote comes out the same", () => {
  it.each(["agent.GET_AGENT.json", "agent.GET_CONTAINERS.json", "agent.GET_VERSION.json"])("%s", (name) => {
    const text = fixture(name).toString();
    expect(canonical(again(Response, text))).toBe(canonical(text));
  });

  it("doubles are spelt as in Mesos", () => {
    const text = fixture("agent.GET_AGENT.json").toString().trim();
    expect(again(Response, text)).toBe(text);
  });

  it("every event of a SUBSCRIBE response", async () => {
    const body = fixture("s5-0015.scheduler-events.recordio");
    const types: (string | undefined)[] = [];
    for await (const record of decodeRecords(chunksOf(body, 100))) {
      // The recorded master is newer than 1.11: this one enum value has no number there, and is unset when read.
      const text = Buffer.from(record).toString().replace('{"type":"QUOTA_V2"}', "{}");
      expect(canonical(again(Event, text))).toBe(canonical(text));
      types.push(valueOf(parseMessage(Event, text)).type);
    }
    expect(types.slice(0, 4)).toEqual(["SUBSCRIBED", "HEARTBEAT", "OFFERS", "UPDATE"]);
    expect(types).toHaveLength(12);
  });
});

describe("JSON that a scheduler sent", () => {
  it.each(["s2-0010.scheduler-subscribe.json", "s2-0012.scheduler-accept.json", "s2-0028.scheduler-acknowledge.json"])(
    "%s is read without a fault and keeps its meaning",
    (name) => {
      const text = fixture(name).toString();
      const written = toMesosJson(Call, valueOf(parseMessage(Call, text)), { defaults: "omit" });
      expect(JSON.parse(written)).toEqual(JSON.parse(text));
    },
  );
});

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
