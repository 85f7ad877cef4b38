import { describe, expect, it } from "vitest";
import { FairQueue } from "../src/fair-queue.ts";
import { SharedWork } from "../src/shared-work.ts";

const never = new AbortController().signal;

describe("the queue", () => {
  it("lets in so many, then by order of arrival, and tells positions", async () => {
    const queue = new FairQueue(1);
    const leaveFirst = await queue.enter(never, () => expect.unreachable());
    const told: string[] = [];
    const second = queue.enter(never, (position) => told.push(`second ${position}`));
    const third = queue.enter(never, (position) => told.push(`third ${position}`));
    expect([queue.active, queue.queued]).toEqual([1, 2]);
    leaveFirst?.();
    const leaveSecond = await second;
    expect(told).toEqual(["second 1", "third 2", "third 1"]);
    leaveSecond?.();
    (await third)?.();
    expect([queue.active, queue.queued]).toEqual([0, 0]);
  });

  it("lets one leave the queue, and gives its place to nobody twice", async () => {
    const queue = new FairQueue(1);
    const leave = await queue.enter(never, () => {});
    const gone = new AbortController();
    const told: number[] = [];
    const left = queue.enter(gone.signal, () => {});
    const last = queue.enter(never, (position) => told.push(position));
    gone.abort();
    expect(await left).toBeUndefined();
    expect(told).toEqual([2, 1]);
    leave?.();
    leave?.();
    expect(await last).toBeTypeOf("function");
    expect([queue.active, queue.queued]).toEqual([1, 0]);
    expect(await queue.enter(gone.signal, () => {})).toBeUndefined();
  });
});

describe("shared work", () => {
  function work() {
    const runs: { signal: AbortSignal; note: (text: string) => void; end: PromiseWithResolvers<string> }[] = [];
    const start = (signal: AbortSignal, note: (text: string) => void) => {
      const run = { signal, note, end: Promise.withResolvers<string>() };
      runs.push(run);
      return run.end.promise;
    };
    return { runs, start, shared: new SharedWork<string, string>() };
  }
  const begun = () => new Promise<void>((resolve) => setImmediate(resolve));

  it("runs once for all, and a newcomer hears the last note", async () => {
    const { runs, start, shared } = work();
    const heard: string[] = [];
    const first = shared.join("k", start, { onNote: (note) => heard.push(`1 ${note}`) });
    await begun();
    runs[0]?.note("a");
    const second = shared.join("k", start, { onNote: (note) => heard.push(`2 ${note}`) });
    runs[0]?.note("b");
    runs[0]?.end.resolve("done");
    expect(await Promise.all([first, second])).toEqual(["done", "done"]);
    expect(heard).toEqual(["1 a", "2 a", "1 b", "2 b"]);
    expect(runs).toHaveLength(1);
    expect(shared.has("k")).toBe(false);
  });

  it("goes on while anybody waits, and is aborted when the last one leaves", async () => {
    const { runs, start, shared } = work();
    const [a, b] = [new AbortController(), new AbortController()];
    const first = shared.join("k", start, { signal: a.signal });
    const second = shared.join("k", start, { signal: b.signal });
    await begun();
    a.abort(new Error("a left"));
    await expect(first).rejects.toThrow("a left");
    expect(runs[0]?.signal.aborted).toBe(false);
    b.abort(new Error("b left"));
    await expect(second).rejects.toThrow("b left");
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it("a late failure of abandoned work does not touch newer work under the key", async () => {
    const { runs, start, shared } = work();
    const leaver = new AbortController();
    const first = shared.join("k", start, { signal: leaver.signal });
    await begun();
    leaver.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    const newer = shared.join("k", start, {});
    await begun();
    runs[0]?.end.reject(new Error("late"));
    await begun();
    expect(shared.has("k")).toBe(true);
    const rider = shared.join("k", start, {});
    runs[1]?.end.resolve("fresh");
    expect(await Promise.all([newer, rider])).toEqual(["fresh", "fresh"]);
    expect(runs).toHaveLength(2);
  });

  it("a waiter whose callback throws fails alone", async () => {
    const { runs, start, shared } = work();
    const faulty = shared.join("k", start, {
      onNote: () => {
        throw new Error("faulty callback");
      },
    });
    const other = shared.join("k", start, {});
    await begun();
    runs[0]?.note("x");
    runs[0]?.end.resolve("done");
    await expect(faulty).rejects.toThrow("faulty callback");
    expect(await other).toBe("done");
  });

  it("aborts all and waits for them, also for those that nobody waits for any longer", async () => {
    const { runs, start, shared } = work();
    const leaver = new AbortController();
    const first = shared.join("k", start, { signal: leaver.signal });
    await begun();
    leaver.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    let ended = false;
    const all = shared.abortAll().then(() => (ended = true));
    await begun();
    expect(ended).toBe(false);
    runs[0]?.end.reject(new Error("aborted"));
    await all;
    expect(ended).toBe(true);
  });
});
