import { describe, expect, it } from "vitest";
import { type StreamEvent, type StreamState, streamTransition } from "../src/index.ts";
import { makeUpdate, numberOf, uuid } from "./updates.ts";

const backoff = { firstRetryMs: 10, maxRetryMs: 60 };
const running = makeUpdate(1, "TASK_RUNNING");
const finished = makeUpdate(2, "TASK_FINISHED");
const failed = makeUpdate(3, "TASK_FAILED");
const idle: StreamState = { queue: [], paused: false, forwarded: undefined, retryMs: 0 };
const waiting: StreamState = { queue: [running, finished], paused: false, forwarded: running, retryMs: 20 };
const ending: StreamState = { queue: [finished, failed], paused: false, forwarded: finished, retryMs: 10 };
const paused: StreamState = { queue: [running], paused: true, forwarded: undefined, retryMs: 0 };

describe("streamTransition", () => {
  it.each<[string, StreamState, StreamEvent, readonly string[], readonly number[]]>([
    [
      "the first goes out at once",
      idle,
      { type: "received", update: running },
      ["forward 1 TASK_RUNNING", "schedule 10"],
      [1],
    ],
    ["the next waits", waiting, { type: "received", update: failed }, [], [1, 2, 3]],
    ["one that comes while paused waits", paused, { type: "received", update: finished }, [], [1, 2]],
    [
      "an acknowledgement lets the next go",
      waiting,
      { type: "acknowledged", uuid: uuid(1) },
      ["forward 2 TASK_FINISHED", "schedule 10"],
      [2],
    ],
    ["another uuid does nothing", waiting, { type: "acknowledged", uuid: uuid(2) }, [], [1, 2]],
    ["nothing in flight, nothing to acknowledge", idle, { type: "acknowledged", uuid: uuid(1) }, [], []],
    [
      "the last one acknowledged, it rests",
      { ...waiting, queue: [running] },
      { type: "acknowledged", uuid: uuid(1) },
      ["cancel"],
      [],
    ],
    [
      "acknowledged while paused, nothing goes out",
      { ...waiting, paused: true },
      { type: "acknowledged", uuid: uuid(1) },
      ["cancel"],
      [2],
    ],
    [
      "the terminal one closes, whatever is behind it",
      ending,
      { type: "acknowledged", uuid: uuid(2) },
      ["cancel", "close"],
      [],
    ],
    ["a pause stops the timer", waiting, { type: "paused" }, ["cancel"], [1, 2]],
    [
      "resumed, the head goes out with a fresh back-off and the newest state",
      { ...waiting, paused: true, retryMs: 0 },
      { type: "resumed" },
      ["forward 1 TASK_FINISHED", "schedule 10"],
      [1, 2],
    ],
    ["resumed with nothing to say", { ...idle, paused: true }, { type: "resumed" }, [], []],
    [
      "to a new listener again, from the start",
      waiting,
      { type: "resend" },
      ["forward 1 TASK_FINISHED", "schedule 10"],
      [1, 2],
    ],
    ["not while paused", paused, { type: "resend" }, [], [1]],
    [
      "a repetition doubles the wait",
      waiting,
      { type: "retry-due" },
      ["forward 1 TASK_FINISHED", "schedule 40"],
      [1, 2],
    ],
    [
      "up to the longest",
      { ...waiting, retryMs: 40 },
      { type: "retry-due" },
      ["forward 1 TASK_FINISHED", "schedule 60"],
      [1, 2],
    ],
    ["a timer that fires after the pause does nothing", paused, { type: "retry-due" }, [], [1]],
  ])("%s", (_, state, event, effects, queue) => {
    const after = streamTransition(state, event, backoff);
    const words = after.effects.map((effect) => {
      if (effect.type === "forward") return `forward ${numberOf(effect.update)} ${effect.update.latestState}`;
      return effect.type === "schedule" ? `schedule ${effect.delayMs}` : effect.type;
    });
    expect(words).toEqual(effects);
    expect(after.state.queue.map(numberOf)).toEqual(queue);
  });

  it("keeps what went out last, and lets its data go once it is acknowledged", () => {
    const withData = { ...running, status: { ...running.status, data: new Uint8Array(9) } };
    const sent = streamTransition(idle, { type: "received", update: withData }, backoff).state;
    expect(sent.forwarded?.status?.data).toHaveLength(9);
    const acknowledged = streamTransition(sent, { type: "acknowledged", uuid: uuid(1) }, backoff).state;
    expect(acknowledged.forwarded).toEqual({ ...running, latestState: "TASK_RUNNING" });
  });
});
