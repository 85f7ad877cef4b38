import * as fc from "fast-check";
import { expect, it } from "vitest";
import { byteLength, skipBytes, splitBatch } from "../src/split-batch.ts";
import { WriteQueue } from "../src/write-queue.ts";

const pushes = fc.array(
  fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 2000, maxLength: 5000 })),
  {
    maxLength: 40,
  },
);

it("gives back every byte in order, in batches within bounds", () => {
  fc.assert(
    fc.property(
      pushes,
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 6 }),
      (chunks, maxBytes, every) => {
        const queue = new WriteQueue();
        const taken: Buffer[] = [];
        const take = () => {
          const batch = queue.take(maxBytes, 8);
          expect(batch.length === 1 || byteLength(batch) <= maxBytes).toBe(true);
          expect(batch.length).toBeLessThanOrEqual(8);
          taken.push(...batch.map((slice) => Buffer.from(slice)));
        };
        for (const [index, chunk] of chunks.entries()) {
          queue.push(Buffer.from(chunk), 0, chunk.length);
          if (index % every === 0 && queue.bytes > 0) take();
        }
        while (queue.bytes > 0) take();
        expect(Buffer.concat(taken).equals(Buffer.concat(chunks))).toBe(true);
      },
    ),
  );
});

it("gathers many small slices in few buffers", () => {
  const queue = new WriteQueue();
  const byte = Buffer.from("x");
  for (let count = 0; count < 100_000; count += 1) queue.push(byte, 0, 1);
  expect(queue.bytes).toBe(100_000);
  expect(queue.take(1_000_000, 512).length).toBeLessThan(8);
  expect(queue.bytes).toBe(0);
});

it("counts what it forgets", () => {
  const queue = new WriteQueue();
  for (const part of ["a", "b", "c"]) queue.push(Buffer.from(part), 0, 1);
  expect(queue.clear()).toBe(3);
  expect(queue.bytes).toBe(0);
  queue.push(Buffer.from("d"), 0, 1);
  expect(Buffer.concat(queue.take(10, 10)).toString()).toBe("d");
});

it.each([
  { id: "all fits", batch: ["ab\n"], room: 3, now: "ab\n" },
  { id: "cut after the last line that fits", batch: ["ab\ncd\nef\n"], room: 7, now: "ab\ncd\n" },
  { id: "the line end lies in an earlier slice", batch: ["ab\nc", "d", "ef\n"], room: 6, now: "ab\n" },
  { id: "no line end fits: the next file", batch: ["abcdef\n"], room: 3, now: "" },
  { id: "no room at all", batch: ["ab\n"], room: 0, now: "" },
  { id: "a longer line than a file: cut", batch: ["abcdef\n"], room: 3, empty: true, now: "abc" },
  { id: "within a line: cut", batch: ["abcdef\n"], room: 3, atLineStart: false, now: "abc" },
])("splits for a file of limited size: $id", ({ batch, room, empty = false, atLineStart = true, now }) => {
  const split = splitBatch(
    batch.map((part) => Buffer.from(part)),
    room,
    { empty, atLineStart },
  );
  expect(Buffer.concat(split.now).toString()).toBe(now);
  expect(Buffer.concat([...split.now, ...split.later]).toString()).toBe(batch.join(""));
});

it("skips what a short write has taken", () => {
  const rest = skipBytes([Buffer.from("abc"), Buffer.from("def")], 4);
  expect(Buffer.concat(rest).toString()).toBe("ef");
});
