import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonBody, readJsonLines } from "../src/json-lines.ts";

const failed = { call: "POST /images/create", endpoint: "unix:///x" };
const signal = new AbortController().signal;

function bodyOf(chunks: readonly Buffer[]): JsonBody {
  return { response: Readable.from(chunks, { objectMode: false }), signal, failed };
}

async function valuesOf(chunks: readonly Buffer[]): Promise<object[]> {
  return (await Array.fromAsync(readJsonLines(bodyOf(chunks)))).map(({ value }) => value);
}

const text = Buffer.from('{"status":"Pulling ü"}\r\n\r\n{"a":[1,{"b":"\\n"}]}\n{"last":true}');
const expected = [{ status: "Pulling ü" }, { a: [1, { b: "\n" }] }, { last: true }];

describe("JSON lines", () => {
  it("come out the same at every split point", async () => {
    for (let at = 0; at <= text.length; at++) {
      expect(await valuesOf([text.subarray(0, at), text.subarray(at)]), `split at ${at}`).toEqual(expected);
    }
  });

  it("come out the same byte by byte", async () => {
    expect(await valuesOf(Array.from(text, (byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it("come out the same in any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.array(fc.nat()),
        async (objects, cuts) => {
          const whole = Buffer.from(objects.map((object) => `${JSON.stringify(object)}\n`).join(""));
          const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
          const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
          expect(await valuesOf(chunks)).toEqual(objects.map((object) => JSON.parse(JSON.stringify(object)) as object));
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ["half an object at the end", '{"a":1}\n{"b":'],
    ["what is not JSON", "<html>\n"],
    ["what is not an object", "5\n"],
  ])("fail with protocol on %s", async (_what, content) => {
    await expect(valuesOf([Buffer.from(content)])).rejects.toMatchObject({ code: "protocol", call: failed.call });
  });

  it("destroy the connection when the reader leaves early", async () => {
    const body = bodyOf([Buffer.from('{"a":1}\n{"b":2}\n')]);
    for await (const { value } of readJsonLines(body)) {
      expect(value).toEqual({ a: 1 });
      break;
    }
    expect(body.response.destroyed).toBe(true);
  });
});
