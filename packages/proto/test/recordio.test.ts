import { once } from "node:events";
import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecordDecoder, decodeRecords, encodeRecord, ProtoError } from "../src/index.ts";

/** An empty record, lengths of one, two and three digits, and bodies that look like framing. */
const records = ["", "7", "3\nabc", '{"type":"HEARTBEAT"}', "\n\n5\n", "x".repeat(101)].map((text) =>
  Buffer.from(text),
);
const stream = Buffer.concat(records.map((record) => encodeRecord(record)));

function decode(chunks: readonly Uint8Array[], maxRecordBytes?: number): Buffer[] {
  const decoded: Buffer[] = [];
  const options = maxRecordBytes === undefined ? {} : { maxRecordBytes };
  const decoder = createRecordDecoder((record) => decoded.push(Buffer.from(record)), options);
  for (const chunk of chunks) {
    decoder.push(chunk);
    // The decoder keeps nothing of a chunk's memory.
    chunk.fill(0);
  }
  decoder.end();
  return decoded;
}

const copy = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

function codeOf(action: () => void): string {
  try {
    action();
    return "none";
  } catch (error) {
    if (error instanceof ProtoError) return error.code;
    throw error;
  }
}

describe("RecordIO", () => {
  it("is length, line feed, bytes", () => {
    expect(Buffer.from(encodeRecord("é\n")).toString("hex")).toBe(Buffer.from("3\né\n").toString("hex"));
    expect(Buffer.from(encodeRecord(new Uint8Array([8, 9]))).toString("hex")).toBe("320a0809");
  });

  it("decodes whole, byte by byte, and cut at every pair of points", () => {
    expect(decode([copy(stream)])).toEqual(records);
    expect(decode([...stream].map((byte) => Buffer.of(byte)))).toEqual(records);
    for (let i = 0; i <= stream.length; i += 1) {
      for (let j = i; j <= stream.length; j += 1) {
        const chunks = [stream.subarray(0, i), stream.subarray(i, j), stream.subarray(j)].map(copy);
        expect(decode(chunks), `cut at ${i} and ${j}`).toEqual(records);
      }
    }
  });

  it("knows at every point whether a stream may end there", () => {
    const ends = new Set<number>([0]);
    let end = 0;
    for (const record of records) ends.add((end += encodeRecord(record).byteLength));
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const decoder = createRecordDecoder(() => {});
      decoder.push(stream.subarray(0, cut));
      expect(
        codeOf(() => decoder.end()),
        `cut at ${cut}`,
      ).toBe(ends.has(cut) ? "none" : "truncated-record");
    }
  });

  it.each([
    ["a letter", "1\nA2x\n", "malformed-record", 3],
    ["a sign", "-1\n", "malformed-record", 0],
    ["an empty line", "\n", "malformed-record", 0],
    ["a carriage return", "1\r\nA", "malformed-record", 0],
    ["endless zeros", "0".repeat(30), "malformed-record", 0],
    ["a long record", "1\nA11\n", "record-too-large", 3],
    ["a length past 2^64", "9".repeat(25), "record-too-large", 0],
  ])("refuses %s, after the records before it and for good", (_name, text, code, offsetBytes) => {
    const decoded: string[] = [];
    const decoder = createRecordDecoder((record) => decoded.push(Buffer.from(record).toString()), {
      maxRecordBytes: 10,
    });
    const fault = expect.objectContaining({ name: "ProtoError", code, offsetBytes });
    expect(() => decoder.push(Buffer.from(text))).toThrow(fault);
    expect(() => decoder.push(Buffer.from("1\nA"))).toThrow(fault);
    expect(() => decoder.end()).toThrow(fault);
    expect(decoded).toEqual(offsetBytes === 3 ? ["A"] : []);
  });

  it("takes a record of exactly the maximum, and leading zeros", () => {
    expect(decode([Buffer.from("10\n0123456789003\nabc")], 10).map(String)).toEqual(["0123456789", "abc"]);
  });

  it("comes back whole for any records and any cuts", () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 30 }), (list, cuts) => {
        const bytes = Buffer.concat(list.map((body) => encodeRecord(body)));
        const points = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = points.slice(1).map((point, index) => copy(bytes.subarray(points[index], point)));
        expect(decode(chunks)).toEqual(list.map(copy));
      }),
    );
  });

  it("answers any garbage with records or a ProtoError", () => {
    const soup = fc.array(fc.oneof(fc.constantFrom(0x0a, 0x30, 0x31, 0x32), fc.nat(255)), { maxLength: 200 });
    fc.assert(
      fc.property(soup, (bytes) => {
        const records: Buffer[] = [];
        const decoder = createRecordDecoder((record) => records.push(copy(record)), { maxRecordBytes: 50 });
        const code = codeOf(() => {
          decoder.push(Buffer.from(bytes));
          decoder.end();
        });
        // No record without its bytes and a length line.
        expect(records.reduce((sum, record) => sum + record.byteLength + 2, 0)).toBeLessThanOrEqual(bytes.length);
        expect(["none", "malformed-record", "record-too-large", "truncated-record"]).toContain(code);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("decodeRecords", () => {
  it("yields the records before a fault, then throws it", async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const record of decodeRecords(PassThrough.from([Buffer.from("1\nA1\nB?")]))) seen.push(String(record));
    })();
    await expect(reading).rejects.toMatchObject({ code: "malformed-record", offsetBytes: 6 });
    expect(seen).toEqual(["65", "66"]);
  });

  it("throws when the source ends inside a record", async () => {
    const reading = Array.fromAsync(decodeRecords(PassThrough.from([Buffer.from("5\nab")])));
    await expect(reading).rejects.toMatchObject({ code: "truncated-record" });
  });

  it("ends the source when the loop is left", async () => {
    const source = new PassThrough();
    source.write(Buffer.from("1\nA"));
    for await (const record of decodeRecords(source)) {
      expect(record).toEqual(new Uint8Array([65]));
      break;
    }
    expect(source.destroyed).toBe(true);
  });

  it("is ended by its signal while the source is silent", async () => {
    const source = new PassThrough();
    const controller = new AbortController();
    const records = decodeRecords(source, { signal: controller.signal });
    source.write(Buffer.from("1\nA"));
    await expect(records.next()).resolves.toMatchObject({ done: false });
    const silent = records.next();
    controller.abort();
    await expect(silent).rejects.toMatchObject({ name: "AbortError" });
    if (!source.closed) await once(source, "close");
    expect(source.destroyed).toBe(true);
  });
});
