import * as fc from "fast-check";
import Long from "long";
import protobuf from "protobufjs/light.js";
import { describe, expect, it } from "vitest";
import { messageShape } from "../src/descriptors/message-shape.ts";
import { rootFor } from "../src/descriptors/root.ts";
import { decodeMessage, encodeMessage, parseMessage, toMesosJson } from "../src/index.ts";
import { arbitraryMessage } from "./support/arbitrary-message.ts";
import { allCodecs } from "./support/codecs.ts";
import { valueOf } from "./support/value-of.ts";
import { withoutEmpty } from "./support/without-empty.ts";

const RUNS_PER_TYPE = 8;

// Without it protobufjs reads 64-bit integers as doubles.
protobuf.util.Long = Long;
protobuf.configure();

/** In-memory messages have camelCase keys already; only what JSON cannot hold needs a spelling. */
function camelCaseJson(message: object): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
      return Object.is(value, -0) ? "-0" : String(value);
    }
    return value;
  });
}

function* typeNames(parent: protobuf.NamespaceBase): Generator<string> {
  for (const object of parent.nestedArray) {
    if ("fieldsArray" in object) yield object.fullName.slice(1);
    if ("nestedArray" in object) yield* typeNames(object as protobuf.NamespaceBase);
  }
}

describe("a random message", () => {
  it.each(allCodecs.map((codec) => [codec.$type, codec] as const))("of type %s", (typeName, codec) => {
    const shape = messageShape(typeName);
    const reflected = rootFor(typeName).lookupType(typeName);
    const property = fc.property(arbitraryMessage(shape), (message) => {
      const bytes = encodeMessage(codec, message);
      // Both ways over the wire, with protobufjs as the second opinion.
      expect(withoutEmpty(shape, valueOf(decodeMessage(codec, bytes)))).toStrictEqual(message);
      expect(Buffer.compare(reflected.encode(reflected.decode(bytes)).finish(), bytes)).toBe(0);
      // Both spellings of JSON.
      expect(valueOf(parseMessage(codec, toMesosJson(codec, message, { defaults: "omit" })))).toStrictEqual(message);
      expect(valueOf(parseMessage(codec, camelCaseJson(message)))).toStrictEqual(message);
    });
    fc.assert(property, { numRuns: RUNS_PER_TYPE });
  });
});

it("every field of the descriptors is a key of the generated type", () => {
  for (const codec of allCodecs) {
    const keys = messageShape(codec.$type).fields.map((field) => field.key);
    expect(keys.sort(), codec.$type).toEqual(Object.keys(codec.decode(new Uint8Array())).sort());
  }
});

it("every message of the descriptors has a codec", () => {
  const types = ["mesos.v1.Task", "mesos.Task"].flatMap((name) => [...typeNames(rootFor(name))]);
  expect(allCodecs.map((codec) => codec.$type).sort()).toEqual(types.sort());
});
