import { expect, test } from "vitest";
import { createGate } from "../src/gate.ts";

test("no more than may be are inside, and all get their turn, in order", async () => {
  const gate = createGate(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      gate(async () => {
        order.push(index);
        most = Math.max(most, (inside += 1));
        await new Promise(setImmediate);
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test("one that fails, and one that has gone while it waited, keep nobody out", async () => {
  const gate = createGate(1);
  const gone = new AbortController();
  const worked: string[] = [];
  const failing = gate(() => Promise.reject(new Error("no")));
  const left = gate(() => Promise.resolve(worked.push("left")), gone.signal);
  const last = gate(() => Promise.resolve(worked.push("last")));
  gone.abort(new Error("gone"));
  await expect(failing).rejects.toThrow("no");
  await expect(left).rejects.toThrow("gone");
  await last;
  expect(worked).toEqual(["last"]);
});
