import { expect, test } from "vitest";
import type { Timers } from "../src/index.ts";
import { Detections } from "./detections.ts";

/** A timer elapses when the test says so. */
class ManualTimers implements Timers {
  readonly #pending = new Set<() => void>();

  start(_delayMs: number, onElapsed: () => void): () => void {
    this.#pending.add(onElapsed);
    return () => this.#pending.delete(onElapsed);
  }

  elapse(): void {
    for (const onElapsed of this.#pending) {
      this.#pending.delete(onElapsed);
      onElapsed();
    }
  }

  get pending(): number {
    return this.#pending.size;
  }
}

test("an address is told as it is, without asking anybody", async () => {
  await using detections = new Detections("10.0.0.1:5050");
  await expect.poll(detections.take).toEqual(["10.0.0.1:5050 10.0.0.1"]);
});

test("a name is resolved anew at each detection", async () => {
  const addresses = ["10.0.0.1", "10.0.0.2"];
  await using detections = new Detections("m.example:5050", { resolve: async () => addresses.shift() ?? "none" });
  await expect.poll(detections.take).toEqual(["10.0.0.1:5050 m.example"]);
  detections.detector.redetect();
  await expect.poll(detections.take).toEqual(["10.0.0.2:5050 m.example"]);
});

test("a name that cannot be resolved: nobody, said once, and tried again until it can", async () => {
  const timers = new ManualTimers();
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    if (asked < 4) throw new Error("ENOTFOUND");
    return "10.0.0.1";
  };
  await using detections = new Detections("m.example:5050", { resolve, timers });
  await expect.poll(detections.take).toEqual(["none"]);
  for (let i = 0; i < 3; i += 1) {
    await expect.poll(() => timers.pending).toBe(1);
    timers.elapse();
  }
  await expect.poll(detections.take).toEqual(["10.0.0.1:5050 m.example"]);
  expect([asked, timers.pending, detections.lines.length]).toEqual([4, 0, 1]);
});

test("an answer to an older question is not told", async () => {
  const answers: ((address: string) => void)[] = [];
  const resolve = () => new Promise<string>((answer) => answers.push(answer));
  await using detections = new Detections("m.example:5050", { resolve });
  detections.detector.redetect();
  answers[1]?.("10.0.0.2");
  await expect.poll(detections.take).toEqual(["10.0.0.2:5050 m.example"]);
  answers[0]?.("10.0.0.1");
  await detections.detector.close();
  expect(detections.take()).toEqual([]);
});

test("after close nothing is told", async () => {
  const timers = new ManualTimers();
  const detections = new Detections("m.example:5050", { timers });
  await expect.poll(detections.take).toEqual(["none"]);
  await detections.detector.close();
  expect(timers.pending).toBe(0);
  detections.detector.redetect();
  expect(detections.take()).toEqual([]);
});

test("a file names the master", async () => {
  const readFile = async (path: string) => `  master@10.0.0.1:5050 # ${path}`.slice(0, 23);
  await using detections = new Detections("file:///etc/mesos/master", { readFile });
  await expect.poll(detections.take).toEqual(["10.0.0.1:5050 10.0.0.1"]);
  detections.detector.redetect();
  await expect.poll(detections.take).toEqual(["10.0.0.1:5050 10.0.0.1"]);
});

test.each([
  ["file:///other", "malformed"],
  ["zk://user:secret@host", "no-path"],
  [undefined, "unreadable-file"],
])("a file with %s is fatal", async (content, code) => {
  const readFile = async () => {
    if (content === undefined) throw new Error("ENOENT");
    return content;
  };
  await using detections = new Detections("file:///etc/mesos/master", { readFile });
  await expect.poll(() => detections.fatal).toHaveLength(1);
  expect(detections.fatal[0]).toMatchObject({ name: "MasterDetectorError", code });
  expect(String(detections.fatal[0])).not.toContain("secret");
});
