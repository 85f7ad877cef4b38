import * as fc from "fast-check";
import { expect, it } from "vitest";
import { CallQueue, type ReleaseSlot } from "../src/call-queue.ts";

const idle = new AbortController().signal;

it("serves waiters in order of arrival", async () => {
  const queue = new CallQueue(1);
  const first = await queue.acquire(idle);
  const order: string[] = [];
  const second = queue.acquire(idle).then((release) => (order.push("second"), release));
  const third = queue.acquire(idle).then((release) => (order.push("third"), release));
  expect(queue.waiting).toBe(2);
  first();
  (await second)();
  (await third)();
  expect(order).toEqual(["second", "third"]);
});

it("lets an aborted waiter leave without a slot", async () => {
  const queue = new CallQueue(1);
  const release = await queue.acquire(idle);
  const leaver = new AbortController();
  const left = queue.acquire(leaver.signal);
  const stayed = queue.acquire(idle);
  const reason = new Error("changed my mind");
  leaver.abort(reason);
  await expect(left).rejects.toBe(reason);
  expect(queue.waiting).toBe(1);
  release();
  (await stayed)();
});

it("gives one slot back once, however often it is released", async () => {
  const queue = new CallQueue(1);
  const release = await queue.acquire(idle);
  release();
  release();
  const next = await queue.acquire(idle);
  void queue.acquire(idle);
  expect(queue.waiting).toBe(1);
  next();
});

it("never has more slots out than its limit, and serves everybody who stays", async () => {
  const steps = fc.array(fc.constantFrom("acquire", "release", "abort"), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), steps, async (limit, commands) => {
      const queue = new CallQueue(limit);
      const held: ReleaseSlot[] = [];
      const waiting = new Set<AbortController>();
      let asked = 0;
      let aborted = 0;
      let served = 0;
      const acquire = () => {
        const controller = new AbortController();
        waiting.add(controller);
        asked++;
        queue.acquire(controller.signal).then(
          (release) => {
            waiting.delete(controller);
            served++;
            held.push(release);
          },
          () => aborted++,
        );
      };
      for (const command of commands) {
        if (command === "acquire") acquire();
        if (command === "release") held.shift()?.();
        if (command === "abort") {
          const [controller] = waiting;
          if (controller !== undefined) waiting.delete(controller);
          controller?.abort(new Error("aborted"));
        }
        await new Promise(setImmediate);
        expect(held.length).toBeLessThanOrEqual(limit);
      }
      while (held.length > 0) {
        held.shift()?.();
        await new Promise(setImmediate);
      }
      expect(served + aborted).toBe(asked);
      expect(queue.waiting).toBe(0);
    }),
    { numRuns: 50 },
  );
});
