import assert from "node:assert/strict";
import path from "node:path";
import { silentLog } from "@berth/log";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import * as fc from "fast-check";
import { createStatusUpdates, type StatusUpdates, type TaskKey } from "../src/index.ts";
import { FakeTimers } from "./fake-timers.ts";
import { makeUpdate, numberOf, uuid } from "./updates.ts";

const keys: readonly TaskKey[] = [
  { frameworkId: "f", taskId: "t" },
  { frameworkId: "f", taskId: "u" },
  { frameworkId: "g", taskId: "t" },
];

export type Step =
  | { readonly type: "update"; readonly task: number; readonly terminal: boolean }
  /** One that was sent before, `back` ago. */
  | { readonly type: "double"; readonly task: number; readonly back: number }
  /** The `pick`-th of the acknowledgements under way arrives; when `again`, a copy of it stays under way. */
  | { readonly type: "acknowledge"; readonly pick: number; readonly again: boolean }
  | { readonly type: "lose"; readonly pick: number }
  | { readonly type: "pass"; readonly seconds: number }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "resend"; readonly framework: string }
  | { readonly type: "crash" };

const task = fc.nat({ max: keys.length - 1 });
const pick = fc.nat({ max: 20 });
/** What may happen, in any order. */
export const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant("update" as const), task, terminal: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("double" as const), task, back: fc.nat({ max: 5 }) }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant("acknowledge" as const), pick, again: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("lose" as const), pick }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("pass" as const), seconds: fc.nat({ max: 700 }) }) },
    { weight: 1, arbitrary: fc.constant({ type: "pause" as const }) },
    { weight: 2, arbitrary: fc.constant({ type: "resume" as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("resend" as const), framework: fc.constantFrom("f", "g") }) },
    { weight: 1, arbitrary: fc.constant({ type: "crash" as const }) },
  ),
  { maxLength: 40 },
);

/** What should be true of a task, said as simply as can be. */
interface Model {
  /** Not acknowledged, head first. */
  queue: { readonly n: number; readonly terminal: boolean }[];
  seen: Set<number>;
  /** Everything that was taken in, in order, unless it stood behind an acknowledged terminal one. */
  owed: number[];
  /** What reached the master, in order, the first time each. */
  delivered: number[];
  sent: { readonly n: number; readonly terminal: boolean }[];
}

/** Agent, master and the wire between them, against the model. */
export class World {
  readonly #directory: string | undefined;
  readonly #models: Model[] = keys.map(() => ({ queue: [], seen: new Set(), owed: [], delivered: [], sent: [] }));
  #timers = new FakeTimers();
  #updates: StatusUpdates;
  #paused = true;
  #last = 0;
  /** Acknowledgements under way: the master sends one for everything that reaches it. */
  #wire: { readonly task: number; readonly n: number }[] = [];

  constructor(directory: string | undefined) {
    this.#directory = directory;
    this.#updates = this.#begin();
  }

  #begin(): StatusUpdates {
    this.#paused = true;
    this.#timers = new FakeTimers();
    return createStatusUpdates({ forward: (update) => this.#arrive(update), log: silentLog, timers: this.#timers });
  }

  #arrive(update: StatusUpdate): void {
    assert.equal(this.#paused, false, "forwarded while paused");
    const task = keys.findIndex(
      ({ frameworkId, taskId }) => frameworkId === update.frameworkId?.value && taskId === update.status?.taskId?.value,
    );
    const model = this.#models[task]!;
    const n = numberOf(update)!;
    // The head, or the one that is being taken in and becomes it.
    const head = model.queue[0];
    assert.equal(n, head?.n ?? this.#last, "not the head");
    const newest = model.queue.at(-1);
    if (newest !== undefined) assert.equal(update.latestState, newest.terminal ? "TASK_FINISHED" : "TASK_RUNNING");
    if (!model.delivered.includes(n)) model.delivered.push(n);
    this.#wire.push({ task, n });
  }

  async step(step: Step): Promise<void> {
    switch (step.type) {
      case "update":
        this.#last += 1;
        return await this.#send(step.task, { n: this.#last, terminal: step.terminal });
      case "double": {
        const before = this.#models[step.task]!.sent.at(-1 - step.back);
        return before && (await this.#send(step.task, before));
      }
      case "acknowledge": {
        const found = this.#take(step.pick);
        if (found !== undefined && step.again) this.#wire.push(found);
        return found && (await this.#acknowledge(found));
      }
      case "lose":
        this.#take(step.pick);
        return;
      case "pass":
        return this.#timers.advance(step.seconds * 1000);
      case "pause":
        this.#paused = true;
        return this.#updates.pause();
      case "resume":
        this.#paused = false;
        return this.#updates.resume();
      case "resend":
        return this.#updates.resend(step.framework);
      case "crash":
        return await this.#crash();
    }
  }

  /** A new life from what is on disk. Without a disk there is none. */
  async #crash(): Promise<void> {
    if (this.#directory === undefined) return;
    await this.#updates.close();
    this.#updates = this.#begin();
    for (const [task, key] of keys.entries()) {
      const pending = await this.#updates.recover(key, { checkpointDirectory: this.#checkpoint(task)! });
      assert.deepEqual(
        (pending ?? []).map(numberOf),
        this.#models[task]!.queue.map(({ n }) => n),
      );
    }
  }

  async #send(task: number, { n, terminal }: { n: number; terminal: boolean }): Promise<void> {
    const model = this.#models[task]!;
    if (!model.seen.has(n) && model.sent.some((each) => each.n === n)) return; // forgotten with a stream that is not on disk
    const update = makeUpdate(n, terminal ? "TASK_FINISHED" : "TASK_RUNNING", keys[task]);
    const outcome = await this.#updates.update(update, { checkpointDirectory: this.#checkpoint(task) });
    assert.equal(outcome, model.seen.has(n) ? "duplicate" : "queued");
    if (outcome === "duplicate") return;
    model.seen.add(n);
    model.sent.push({ n, terminal });
    model.owed.push(n);
    model.queue.push({ n, terminal });
  }

  async #acknowledge({ task, n }: { task: number; n: number }): Promise<void> {
    const model = this.#models[task]!;
    const head = model.queue[0];
    const expected = head?.n !== n ? "ignored" : head.terminal ? "closed" : "advanced";
    // The model moves first: the next one goes out before the outcome is there.
    if (expected === "advanced") model.queue.shift();
    if (expected === "closed") {
      const forgotten = new Set(model.queue.slice(1).map((each) => each.n));
      model.owed = model.owed.filter((each) => !forgotten.has(each));
      model.queue = [];
      if (this.#directory === undefined) model.seen.clear();
    }
    assert.equal(await this.#updates.acknowledge(keys[task]!, uuid(n)), expected);
  }

  #take(pick: number): { task: number; n: number } | undefined {
    if (this.#wire.length === 0) return undefined;
    return this.#wire.splice(pick % this.#wire.length, 1)[0];
  }

  #checkpoint(task: number): string | undefined {
    return this.#directory === undefined ? undefined : path.join(this.#directory, String(task));
  }

  /** The link is good again: everything arrives sooner or later, once each and in order. */
  async settle(): Promise<{ owed: number[][]; delivered: number[][]; timers: number }> {
    this.#wire = [];
    await this.step({ type: "resume" });
    for (let round = 0; this.#models.some(({ queue }) => queue.length > 0); round++) {
      assert.ok(round < 200, "it never ends");
      for (const acknowledgement of this.#wire.splice(0)) await this.#acknowledge(acknowledgement);
      await this.step({ type: "pass", seconds: 600 });
    }
    const timers = this.#timers.running;
    await this.#updates.close();
    return {
      owed: this.#models.map(({ owed }) => owed),
      delivered: this.#models.map(({ delivered }) => delivered),
      timers,
    };
  }
}
