import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageShape } from "../src/descriptors/message-shape.ts";
import { ContainerID, TaskInfo } from "../src/gen/mesos/v1/mesos.ts";
import { Event } from "../src/gen/mesos/v1/scheduler/scheduler.ts";
import { decodeMessage, encodeMessage, missingRequired, parseMessage, toMesosJson } from "../src/index.ts";
import { arbitraryMessage } from "./support/arbitrary-message.ts";

/** Names that mean something to a task, so that random JSON gets past the first level. */
const names = [
  ...messageShape("mesos.v1.TaskInfo").byJsonName.keys(),
  "value",
  "type",
  "docker",
  "__proto__",
  "constructor",
];

const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom<unknown>(null, true, "", "DOCKER", "1", -1, 0.5, 2 ** 63, Infinity),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6 }),
  ),
}));

describe("hostile input", () => {
  it("any JSON is a whole message or has faults", () => {
    fc.assert(
      fc.property(json, fc.constantFrom("refuse" as const, "ignore" as const), (input, unknown) => {
        for (const form of [input, JSON.stringify(input)]) {
          const parsed = parseMessage(TaskInfo, form, { unknown });
          expect(parsed.ok ? missingRequired(TaskInfo, parsed.value) : []).toEqual([]);
          expect(parsed.ok || parsed.faults.length > 0).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("any JavaScript value has faults or is a message", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (input) => {
          expect(typeof parseMessage(TaskInfo, input).ok).toBe("boolean");
        },
      ),
    );
  });

  it("any bytes are faults, or a message that can be written in both forms", () => {
    const event = arbitraryMessage(messageShape("mesos.v1.scheduler.Event")).map((message) =>
      encodeMessage(Event, message),
    );
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    const damaged = fc.tuple(event, edits).map(([bytes, changes]) => {
      for (const [at, byte] of changes) if (bytes.byteLength > 0) bytes[at % bytes.byteLength] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array()), (bytes) => {
        const decoded = decodeMessage(Event, bytes);
        const again = decoded.ok ? decodeMessage(Event, encodeMessage(Event, decoded.value)) : decoded;
        expect(again).toEqual(decoded);
        const text = decoded.ok ? toMesosJson(Event, decoded.value, { defaults: "omit" }) : "{}";
        expect(parseMessage(Event, text).ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("nesting in bytes ends at the decoder's limit", () => {
    // ContainerID.parent (2) in itself, 10,000 times.
    let bytes = Buffer.from([0x0a, 0x01, 0x78]);
    for (let level = 0; level < 10_000; level += 1) bytes = Buffer.concat([header(bytes.byteLength), bytes]);
    expect(decodeMessage(ContainerID, bytes)).toMatchObject({ ok: false, faults: [{ code: "malformed-wire" }] });
  });
});

/** Tag and length of a nested message in field 2. */
function header(length: number): Buffer {
  const bytes = [0x12];
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
