import { silentLog } from "@berth/log";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { describe, expect, it } from "vitest";
import { createStatusUpdates, StatusUpdatesError } from "../src/index.ts";
import { FakeTimers } from "./fake-timers.ts";
import { key, makeUpdate, numberOf, uuid } from "./updates.ts";

function start() {
  const timers = new FakeTimers();
  const sent: StatusUpdate[] = [];
  const updates = createStatusUpdates({ forward: (update) => sent.push(update), log: silentLog, timers });
  return { timers, updates, sent, numbers: () => sent.splice(0).map(numberOf) };
}

describe("streams", () => {
  it("begin paused, and send all heads when resumed", async () => {
    const { updates, numbers } = start();
    const other = { frameworkId: "f", taskId: "u" };
    expect(await updates.update(makeUpdate(1, "TASK_RUNNING"), {})).toBe("queued");
    expect(await updates.update(makeUpdate(2, "TASK_FINISHED"), {})).toBe("queued");
    expect(await updates.update(makeUpdate(3, "TASK_RUNNING", other), {})).toBe("queued");
    expect(numbers()).toEqual([]);
    updates.resume();
    expect(numbers()).toEqual([1, 3]);
    expect(updates.pending(key).map(numberOf)).toEqual([1, 2]);
    expect(await updates.acknowledge(key, uuid(1))).toBe("advanced");
    expect(numbers()).toEqual([2]);
    expect(updates.lastForwarded(key)).toMatchObject({ timestamp: 2, latestState: "TASK_FINISHED" });
    expect(await updates.acknowledge(key, uuid(2))).toBe("closed");
    expect(await updates.acknowledge(key, uuid(2))).toBe("ignored");
    expect(updates.lastForwarded(key)).toBeUndefined();
    expect(updates.pending(other).map(numberOf)).toEqual([3]);
  });

  it("recognise a uuid again, received or acknowledged", async () => {
    const { updates, numbers } = start();
    updates.resume();
    const outcomes = await Promise.all([
      updates.update(makeUpdate(1, "TASK_RUNNING"), {}),
      updates.update(makeUpdate(1, "TASK_RUNNING"), {}),
    ]);
    expect(outcomes).toEqual(["queued", "duplicate"]);
    await updates.acknowledge(key, uuid(1));
    expect(await updates.update(makeUpdate(1, "TASK_RUNNING"), {})).toBe("duplicate");
    expect(numbers()).toEqual([1]);
  });

  it("answer closed to what waited behind the end", async () => {
    const { updates, numbers } = start();
    updates.resume();
    await updates.update(makeUpdate(1, "TASK_FAILED"), {});
    const [closed, late] = await Promise.all([
      updates.acknowledge(key, uuid(1)),
      updates.update(makeUpdate(2, "TASK_RUNNING"), {}),
    ]);
    expect([closed, late]).toEqual(["closed", "closed"]);
    expect(numbers()).toEqual([1]);
  });

  it("say nothing while paused, and repeat from the start afterwards", async () => {
    const { updates, timers, numbers } = start();
    updates.resume();
    await updates.update(makeUpdate(1, "TASK_RUNNING"), {});
    timers.advance(35_000);
    expect(numbers()).toEqual([1, 1, 1]);
    updates.pause();
    expect(timers.running).toBe(0);
    timers.advance(3_600_000);
    updates.resend("f");
    expect(numbers()).toEqual([]);
    updates.resume();
    timers.advance(9_999);
    expect(numbers()).toEqual([1]);
    timers.advance(1);
    expect(numbers()).toEqual([1]);
  });

  it("are sent again for one framework only", async () => {
    const { updates, timers, numbers } = start();
    updates.resume();
    await updates.update(makeUpdate(1, "TASK_RUNNING"), {});
    await updates.update(makeUpdate(2, "TASK_RUNNING", { frameworkId: "g", taskId: "t" }), {});
    timers.advance(25_000);
    expect(numbers()).toEqual([1, 2, 1, 2]);
    updates.resend("g");
    expect(numbers()).toEqual([2]);
    timers.advance(10_000);
    const again = numbers();
    expect(again).toHaveLength(2);
    expect(new Set(again)).toEqual(new Set([1, 2]));
  });

  it("are forgotten with their framework", async () => {
    const { updates, timers, numbers } = start();
    updates.resume();
    await updates.update(makeUpdate(1, "TASK_RUNNING"), {});
    await updates.update(makeUpdate(2, "TASK_RUNNING", { frameworkId: "g", taskId: "t" }), {});
    numbers();
    const waiting = updates.update(makeUpdate(3, "TASK_FINISHED"), {});
    updates.dropFramework("f");
    expect(await waiting).toBe("closed");
    expect(updates.pending(key)).toEqual([]);
    expect(await updates.acknowledge(key, uuid(1))).toBe("ignored");
    timers.advance(10_000);
    expect(numbers()).toEqual([2]);
  });

  it("stop when closed", async () => {
    const { updates, timers, numbers } = start();
    updates.resume();
    await updates.update(makeUpdate(1, "TASK_RUNNING"), {});
    await updates.close();
    expect(timers.running).toBe(0);
    expect(await updates.update(makeUpdate(2, "TASK_RUNNING"), {})).toBe("closed");
    updates.resume();
    expect(numbers()).toEqual([1]);
  });

  it("bear a forward that pauses them", async () => {
    const timers = new FakeTimers();
    let sendings = 0;
    const updates = createStatusUpdates({
      forward() {
        sendings += 1;
        updates.pause();
      },
      log: silentLog,
      timers,
    });
    await updates.update(makeUpdate(1, "TASK_RUNNING"), {});
    updates.resume();
    timers.advance(3_600_000);
    expect(sendings).toBe(1);
  });

  it.each([
    ["framework_id is not set", { frameworkId: undefined }],
    ["slave_id is not set", { slaveId: undefined }],
    ["status.task_id is not set", { status: {} }],
    ["status.state is not set", { status: { taskId: { value: "t" } } }],
    ["status.source is not set", { status: { ...makeUpdate(1, "TASK_RUNNING").status, source: undefined } }],
    ["a timestamp is not set", { timestamp: undefined }],
    ["status.slave_id is not set", { status: { ...makeUpdate(1, "TASK_RUNNING").status, slaveId: undefined } }],
    ["uuid and status.uuid are 16 bytes", { status: { ...makeUpdate(1, "TASK_RUNNING").status, uuid: undefined } }],
    ["uuid and status.uuid are 16 bytes", { uuid: new Uint8Array(15) }],
    ["uuid and status.uuid differ", { uuid: uuid(2) }],
  ])("refuse an update that would harm a master: %s", async (fault, change) => {
    const { updates } = start();
    const refused = updates.update({ ...makeUpdate(1, "TASK_RUNNING"), ...change }, {});
    await expect(refused).rejects.toThrow(StatusUpdatesError);
    await expect(refused).rejects.toMatchObject({
      code: "invalid-update",
      message: `a status update cannot go out: ${fault}`,
    });
    expect(updates.pending(key)).toEqual([]);
  });
});

describe("an hour without an acknowledgement", () => {
  it("sends each of 1,000 heads exactly eleven times, after 10, 20, 40 ... 600 s", async () => {
    const timers = new FakeTimers();
    const sentAtMs = new Map<string, number[]>();
    const updates = createStatusUpdates({
      forward({ status }) {
        const taskId = status?.taskId?.value ?? "";
        sentAtMs.set(taskId, [...(sentAtMs.get(taskId) ?? []), timers.nowMs]);
      },
      log: silentLog,
      timers,
    });
    for (let n = 0; n < 1000; n++) {
      await updates.update(makeUpdate(n, "TASK_RUNNING", { frameworkId: `f${n % 7}`, taskId: `t${n}` }), {});
    }
    updates.resume();
    timers.advance(3_600_000);
    const seconds = [0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030].map((second) => second * 1000);
    expect(sentAtMs.size).toBe(1000);
    for (const times of sentAtMs.values()) expect(times).toEqual(seconds);
    expect(timers.running).toBe(1000);
  });
});
