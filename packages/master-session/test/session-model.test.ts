import { formatPid, type Pid, samePid } from "@berth/libprocess";
import { RunTaskMessage, SlaveRegisteredMessage, SlaveReregisteredMessage } from "@berth/proto/internal/messages";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shortName } from "./fake-network.ts";
import { settled } from "./fake-timers.ts";
import { masterPid, SessionFixture } from "./session-fixture.ts";

/** Of other ports: at the same one the second would pass for an alias of the first before it was ever detected. */
const masters: readonly Pid[] = [masterPid, { ...masterPid, host: "127.0.0.2", port: 5051 }];
const observer = (master: Pid): Pid => ({ ...master, id: "slave-observer(1)" });

type Step =
  | { readonly do: "detect"; readonly who: number | undefined }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "answer"; readonly who: number }
  | { readonly do: "ping"; readonly who: number; readonly connected: boolean }
  | { readonly do: "lose" | "exit" | "task"; readonly who: number }
  /** What a healthy world does: detected, asked, answered. */
  | { readonly do: "register"; readonly who: number }
  | { readonly do: "storage"; readonly works: boolean };

const who = fc.constantFrom(0, 1);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("detect" as const), who: fc.constantFrom(0, 0, 1, undefined) }),
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 600, 2500, 20_000, 80_000) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("answer" as const), who }),
    },
    fc.record({ do: fc.constant("ping" as const), who, connected: fc.boolean() }),
    fc.record({ do: fc.constantFrom("lose" as const, "exit" as const, "task" as const), who }),
    { weight: 3, arbitrary: fc.record({ do: fc.constant("register" as const), who }) },
    fc.record({ do: fc.constant("storage" as const), works: fc.boolean() }),
  ),
  { maxLength: 60 },
);

/** What must hold whatever happens. */
class Watcher {
  readonly f: SessionFixture;
  /** In words; what is thrown in a listener would be lost. */
  readonly violations: string[] = [];
  #present: Pid | undefined;
  /** Whether the present master was asked since its detection, and has answered since. */
  #asked = false;
  #answered = false;
  #lastHintMs = Number.NEGATIVE_INFINITY;
  #lastRegistrationMs = Number.NEGATIVE_INFINITY;
  #releaseStorage: (() => void) | undefined;
  #storage: Promise<void> = Promise.resolve();

  constructor(agentId: string | undefined) {
    this.f = new SessionFixture({ agentId, random: () => 0.5, storing: () => this.#storage });
    const { calls, libprocess, timers } = this.f;
    const record = calls.push.bind(calls);
    calls.push = (...told) => {
      for (const call of told) this.#onCall(call);
      return record(...told);
    };
    const send = libprocess.send.bind(libprocess);
    libprocess.send = (from, to, name, body) => {
      if (name.endsWith("egisterSlaveMessage")) {
        // Half of the first wait, which is the shortest there is.
        this.#hold(timers.nowMs - this.#lastRegistrationMs >= 500, "a registration without a wait before it");
        this.#hold(this.#present !== undefined && samePid(to, this.#present), "a registration with another master");
        this.#hold((this.f.agentId === undefined) === name.endsWith(".RegisterSlaveMessage"), "the wrong registration");
        this.#lastRegistrationMs = timers.nowMs;
        this.#asked = true;
      }
      send(from, to, name, body);
    };
    this.f.session.start();
  }

  async step(step: Step): Promise<void> {
    const { f } = this;
    switch (step.do) {
      case "detect":
        [this.#asked, this.#answered] = [false, false];
        this.#present = step.who === undefined ? undefined : masterOf(step.who);
        if (step.who === undefined) f.loseLeader();
        else f.detect({ pid: masterOf(step.who), hostname: formatPid(masterOf(step.who)) });
        break;
      case "wait":
        await f.timers.advance(step.ms);
        break;
      case "answer":
        this.#answer(masterOf(step.who));
        break;
      case "ping":
        this.#ping(observer(masterOf(step.who)), step.connected);
        break;
      case "register":
        await this.step({ do: "detect", who: step.who });
        await this.step({ do: "wait", ms: 600 });
        return await this.step({ do: "answer", who: step.who });
      case "lose":
        this.#noteHint(() => f.libprocess.losePeer(masterOf(step.who)));
        break;
      case "exit":
        this.#noteHint(() => f.libprocess.exit(masterOf(step.who)));
        break;
      case "task":
        f.libprocess.deliver(RunTaskMessage, masterOf(step.who), runTask);
        break;
      case "storage":
        this.setStorage(step.works);
    }
    await settled();
    // A wait or the ping timer, and the pause of hints, which lasts ten minutes at most.
    const most = (f.session.master === undefined ? 0 : 1) + (f.timers.nowMs - this.#lastHintMs <= 600_000 ? 1 : 0);
    this.#hold(f.timers.pending <= most, "a timer that nobody waits for");
    this.#hold(f.libprocess.links.length <= 1, "two links");
  }

  setStorage(works: boolean): void {
    if (works) {
      this.#releaseStorage?.();
      this.#releaseStorage = undefined;
    } else if (this.#releaseStorage === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      [this.#storage, this.#releaseStorage] = [promise, resolve];
    }
  }

  #noteHint(lose: () => void): void {
    const before = this.f.calls.length;
    lose();
    if (this.f.calls.slice(before).includes("redetect")) this.#lastHintMs = this.f.timers.nowMs;
  }

  #answer(from: Pid): void {
    const codec = this.f.agentId === undefined ? SlaveRegisteredMessage : SlaveReregisteredMessage;
    if (this.#asked && this.#present !== undefined && samePid(from, this.#present)) this.#answered = true;
    this.f.libprocess.deliver(codec, from, { slaveId: { value: "s1" } });
  }

  #ping(from: Pid, connected: boolean): void {
    const before = this.f.libprocess.sent.length;
    this.f.ping(connected, from);
    const pongs = this.f.libprocess.sent.slice(before).filter((each) => shortName(each.name) === "PongSlaveMessage");
    const [pong] = pongs;
    this.#hold(pongs.length === 1 && pong !== undefined && samePid(pong.to, from), "a ping without its pong");
  }

  #onCall(call: string): void {
    const { session } = this.f;
    if (call.startsWith("RUNNING")) this.#hold(this.#answered, "RUNNING without an answer");
    if (call.startsWith("shutdown")) this.violations.push(call);
    if (call === "RunTaskMessage") {
      this.#hold(["DISCONNECTED", "RUNNING"].includes(session.state), `a task while ${session.state}`);
      const from = this.f.messages.at(-1)?.from;
      this.#hold(
        from !== undefined && session.master !== undefined && samePid(from, session.master.pid),
        "a stranger's task",
      );
    }
    if (call === "redetect") [this.#asked, this.#answered] = [false, false];
  }

  #hold(holds: boolean, what: string): void {
    if (!holds) this.violations.push(what);
  }
}

const runTask = {
  framework: { user: "", name: "" },
  task: { name: "t", taskId: { value: "t" }, slaveId: { value: "s1" } },
};

function masterOf(index: number): Pid {
  const master = masters[index];
  if (master === undefined) throw new Error(`no master ${index}`);
  return master;
}

test("in any order: back-off, no RUNNING without an answer, every ping answered, timers that end, and it heals", async () => {
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(undefined, "s1"), async (sequence, agentId) => {
      const watcher = new Watcher(agentId);
      const { f } = watcher;
      for (const step of sequence) {
        await watcher.step(step);
        expect(watcher.violations).toEqual([]);
        if (f.session.state === "RUNNING") ran += 1;
      }
      // The world is well again: within two minutes, the longest wait and a ping time-out, it runs.
      watcher.setStorage(true);
      await watcher.step({ do: "detect", who: 0 });
      for (let second = 0; second < 120 && f.session.state !== "RUNNING"; second += 1) {
        await watcher.step({ do: "wait", ms: 1000 });
        await watcher.step({ do: "answer", who: 0 });
        await watcher.step({ do: "ping", who: 0, connected: true });
      }
      expect([f.session.state, watcher.violations]).toEqual(["RUNNING", []]);
      await f.session.close();
      expect([f.timers.pending, f.libprocess.links.length, f.libprocess.listeners]).toEqual([0, 0, 0]);
    }),
    { numRuns: 300 },
  );
  // The steps do lead somewhere.
  expect(ran).toBeGreaterThan(300);
});
