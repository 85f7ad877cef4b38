import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameDecoder, type FrameFault, RawDecoder } from "../src/frame-decoder.ts";
import { err, frame, out } from "./frames.ts";

function decode(chunks: readonly Buffer[]) {
  const parts: Record<string, Buffer[]> = { stdout: [], stderr: [] };
  const decoder = new FrameDecoder({
    data: (stream, chunk, start, end) => parts[stream]?.push(Buffer.from(chunk.subarray(start, end))),
  });
  let fault: FrameFault | undefined;
  for (const chunk of chunks) fault = decoder.push(chunk);
  const text = (stream: string) => Buffer.concat(parts[stream] ?? []).toString("latin1");
  return { stdout: text("stdout"), stderr: text("stderr"), fault, atBoundary: decoder.atBoundary };
}

const frames = fc.array(fc.record({ type: fc.constantFrom(1, 2), payload: fc.uint8Array({ maxLength: 300 }) }), {
  maxLength: 12,
});

describe("the demuxer", () => {
  it("gives the same bytes whatever the cuts", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat({ max: 4000 }), { maxLength: 20 }), (list, cuts) => {
        const wire = Buffer.concat(list.map(({ type, payload }) => frame(type, Buffer.from(payload))));
        const at = [0, ...cuts.map((cut) => Math.min(cut, wire.length)).toSorted((a, b) => a - b), wire.length];
        const chunks = at.slice(1).map((end, index) => wire.subarray(at[index], end));
        const expected = (type: number) =>
          Buffer.concat(list.filter((one) => one.type === type).map(({ payload }) => payload)).toString("latin1");
        expect(decode(chunks)).toEqual({
          stdout: expected(1),
          stderr: expected(2),
          fault: undefined,
          atBoundary: true,
        });
      }),
    );
  });

  it("knows at every cut whether it stands between two frames", () => {
    const wire = Buffer.concat([out("ab"), err(""), out("c")]);
    const boundaries = Array.from({ length: wire.length + 1 }, (_, end) => end).filter(
      (end) => decode([wire.subarray(0, end)]).atBoundary,
    );
    expect(boundaries).toEqual([0, 10, 18, 27]);
  });

  it("shares memory with the chunk instead of copying", () => {
    const wire = out("payload");
    let lent: Buffer | undefined;
    new FrameDecoder({ data: (_, chunk) => (lent = chunk) }).push(wire);
    expect(lent).toBe(wire);
  });

  it.each([
    { id: "unknown type", bytes: frame(4, "x"), offset: 0 },
    { id: "stdin", bytes: frame(0, "x"), offset: 0 },
    { id: "text instead of frames", bytes: Buffer.from("plain text, no frames"), offset: 0 },
    {
      id: "no zeros behind the type",
      bytes: Buffer.concat([out("ok"), Buffer.from([1, 0, 1, 0, 0, 0, 0, 1])]),
      offset: 10,
    },
  ])("ends with a fault at $id, at every cut", ({ bytes, offset }) => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { fault, atBoundary } = decode([bytes.subarray(0, cut), bytes.subarray(cut), out("later")]);
      expect(fault).toMatchObject({ kind: "bad-frame", offset });
      expect(atBoundary).toBe(false);
    }
  });

  it("takes nothing after a fault", () => {
    expect(decode([out("before"), frame(9, "x"), out("after")]).stdout).toBe("before");
  });

  it("reports an error frame of the engine, and only the beginning of an endless one", () => {
    expect(decode([out("a"), frame(3, "Error grabbing logs: unexpected EOF\n")])).toMatchObject({
      stdout: "a",
      fault: { kind: "engine-error", message: "Error grabbing logs: unexpected EOF" },
    });
    const { fault } = decode([frame(3, "x".repeat(100_000))]);
    expect(fault?.kind === "engine-error" && fault.message.length).toBe(4096);
  });

  it("never throws and never makes bytes up, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const all = Buffer.concat(chunks);
        const { stdout, stderr } = decode(chunks.map((chunk) => Buffer.from(chunk)));
        expect(stdout.length + stderr.length).toBeLessThanOrEqual(all.length);
      }),
    );
  });

  it("passes a terminal's bytes as they are", () => {
    const seen: string[] = [];
    const decoder = new RawDecoder({
      data: (stream, chunk, start, end) => seen.push(stream, chunk.toString("latin1", start, end)),
    });
    decoder.push(Buffer.from("\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0003abc"));
    decoder.push(Buffer.alloc(0));
    expect(seen).toEqual(["stdout", "\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0003abc"]);
  });
});
