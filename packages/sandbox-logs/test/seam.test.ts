import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSeam, locate } from "../src/seam.ts";
import { StreamPosition } from "../src/stream-position.ts";

const lines = (from: number, to: number) =>
  Buffer.from(Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join(""));

describe("locating our end in the engine's log", () => {
  const tail = Buffer.from("x\n");
  it.each([
    { id: "by count", position: { receivedBytes: 4, tail }, log: "a\nx\nb\n", complete: true, at: 4 },
    { id: "by count among equal lines", position: { receivedBytes: 4, tail }, log: "x\nx\nx\n", complete: true, at: 4 },
    { id: "by content when rotated", position: { receivedBytes: 900, tail }, log: "a\nx\nb\n", complete: false, at: 4 },
    {
      id: "by content when the count is off",
      position: { receivedBytes: 2, tail },
      log: "a\nx\nb\n",
      complete: true,
      at: 4,
    },
    {
      id: "not among equal lines when rotated",
      position: { receivedBytes: 900, tail },
      log: "x\nx\n",
      complete: false,
    },
    { id: "not when the log lacks it", position: { receivedBytes: 900, tail }, log: "a\nb\n", complete: true },
    { id: "the beginning", position: { receivedBytes: 0, tail: Buffer.alloc(0) }, log: "a\n", complete: true, at: 0 },
    { id: "not a lost beginning", position: { receivedBytes: 0, tail: Buffer.alloc(0) }, log: "a\n", complete: false },
    {
      id: "nothing in nothing",
      position: { receivedBytes: 0, tail: Buffer.alloc(0) },
      log: "",
      complete: false,
      at: 0,
    },
  ])("$id", ({ position, log, complete, at }) => {
    const located = locate(position, { bytes: Buffer.from(log), complete });
    expect(located).toMatchObject(at === undefined ? { found: false } : { found: true, at });
  });
});

describe("joining a new live stream", () => {
  it.each([
    {
      id: "nothing live yet: all of it",
      retained: lines(0, 5),
      live: Buffer.alloc(0),
      settled: 0,
      fill: lines(0, 5).length,
    },
    { id: "log ends within live", retained: lines(0, 5), live: lines(3, 9), settled: 7, fill: lines(0, 3).length },
    { id: "live ends within log", retained: lines(0, 9), live: lines(3, 5), settled: 14, fill: lines(0, 3).length },
    {
      id: "live begins within a line",
      retained: lines(0, 5),
      live: lines(3, 9).subarray(3),
      settled: 4,
      fill: lines(0, 3).length + 3,
    },
  ])("$id", ({ retained, live, settled, fill }) => {
    expect(findSeam(retained, live, settled)).toEqual({ fillBytes: fill, exact: true });
  });

  it("waits when the log does not have yet what came live", () => {
    expect(findSeam(lines(0, 3), lines(3, 5), lines(3, 5).length)).toBeUndefined();
    expect(findSeam(lines(0, 3), Buffer.from("no line end"), 0)).toBeUndefined();
  });

  it("does not choose between two places", () => {
    const same = Buffer.from("same\n".repeat(10));
    expect(findSeam(same, same.subarray(0, 20), 10)).toEqual({ fillBytes: 0, exact: false });
  });

  it("is exact or says that it is not, for any output", () => {
    const line = fc.constantFrom("a\n", "b\n", "ab\n", "line one\n", "\n");
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), fc.nat(), (list, x, y, z) => {
        const all = Buffer.from(list.join(""));
        const from = x % all.length;
        const liveTo = from + 1 + (y % (all.length - from));
        const live = all.subarray(from, liveTo);
        const settled = live.lastIndexOf(0x0a) + 1;
        const retained = all.subarray(0, Math.max(from + settled, z % (all.length + 1)));
        const seam = findSeam(retained, live, settled);
        // Exactly the place, or nothing beyond it; and only with nothing to go by no answer at all.
        expect(seam === undefined).toBe(settled === 0);
        expect(seam === undefined || (seam.exact ? seam.fillBytes === from : seam.fillBytes <= from)).toBe(true);
      }),
    );
  });
});

it("remembers the end of a stream, however it comes", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 6000 }), { maxLength: 12 }), (chunks) => {
      const position = new StreamPosition();
      for (const chunk of chunks) position.advance(Buffer.from(chunk), 0, chunk.length);
      const all = Buffer.concat(chunks);
      expect(position.receivedBytes).toBe(all.length);
      expect(position.tail.equals(all.subarray(-4096))).toBe(true);
    }),
  );
});
