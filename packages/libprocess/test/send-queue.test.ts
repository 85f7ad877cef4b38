import { expect, test } from "vitest";
import { SendQueue } from "../src/send-queue.ts";

const bytes = (text: string) => Buffer.from(text);
const texts = (frames: readonly { readonly bytes: Buffer }[]) => frames.map((frame) => frame.bytes.toString());

test("it takes as much as a batch holds, at least one, in order", () => {
  const queue = new SendQueue(100);
  for (const text of ["aaaa", "bb", "c", "dddddddddd", "e"]) queue.push(bytes(text));
  expect(texts(queue.take(6))).toEqual(["aaaa", "bb"]);
  expect(texts(queue.take(6))).toEqual(["c"]);
  expect(texts(queue.take(6))).toEqual(["dddddddddd"]);
  expect(texts(queue.take(6))).toEqual(["e"]);
  expect(queue.take(6)).toEqual([]);
});

test("the bound counts what waits, not what was taken", () => {
  const queue = new SendQueue(5);
  expect([queue.push(bytes("aaa")), queue.push(bytes("bbb")), queue.push(bytes("cc"))]).toEqual([true, false, true]);
  queue.take(3);
  expect([queue.push(bytes("ddd")), queue.push(bytes("e"))]).toEqual([true, false]);
  expect(queue.clear()).toBe(2);
  expect(queue.push(bytes("fffff"))).toBe(true);
});

test("what is put back goes first, once", () => {
  const queue = new SendQueue(100);
  for (const text of ["a", "b", "c"]) queue.push(bytes(text));
  expect(queue.putBack(queue.take(2))).toBe(0);
  const second = queue.take(100);
  expect(texts(second)).toEqual(["a", "b", "c"]);
  expect(queue.putBack(second)).toBe(2);
  expect(texts(queue.take(100))).toEqual(["c"]);
});
