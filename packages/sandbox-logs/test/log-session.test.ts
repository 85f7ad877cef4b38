import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createSandboxLogs, type SandboxLogsOptions } from "../src/index.ts";
import { engineFailure, FakeEngine } from "./fake-engine.ts";
import { err, frame, out } from "./frames.ts";
import { smallDisk, temporaryDirectory } from "./temp-directory.ts";

const quick: SandboxLogsOptions = {
  exitGraceMs: 20,
  drainIdleMs: 50,
  reattachMinMs: 5,
  reattachMaxMs: 20,
  noteWaitMs: 20,
};
const patient: SandboxLogsOptions = { ...quick, exitGraceMs: 60_000, noteWaitMs: 60_000 };

async function setUp(options: SandboxLogsOptions, request: { tty?: boolean } = {}) {
  const fake = new FakeEngine();
  const sandboxDirectory = await temporaryDirectory();
  const logs = createSandboxLogs(fake.engine, options);
  const session = await logs.open({ engineContainerId: "c1", sandboxDirectory, tty: false, ...request });
  await session.attach();
  const stream = await fake.stream();
  const file = (name: string) => readFile(path.join(sandboxDirectory, name), "utf8");
  /** Resolves when the file holds this. */
  const holds = async (name: string, text: string) => {
    while ((await file(name)) !== text) await new Promise((resolve) => setImmediate(resolve));
  };
  return { fake, session, stream, file, holds, files: () => readdir(sandboxDirectory) };
}

describe("a whole stream", () => {
  it("is live when the exit is known before its end, and asks the engine nothing", async () => {
    const { fake, session, stream, file, files } = await setUp(quick);
    stream.write(out("one\n"));
    const settled = session.settle();
    stream.end(Buffer.concat([err("two"), out("three")]));
    expect(await settled).toEqual({ outcome: "live", stdoutBytes: 9, stderrBytes: 3 });
    expect([await file("stdout"), await file("stderr")]).toEqual(["one\nthree", "two"]);
    expect(await files()).toEqual(["stderr", "stdout"]);
    expect({ logs: fake.logCalls, attaches: fake.attachCalls }).toEqual({ logs: 0, attaches: 1 });
  });

  it("is live when the exit is known a moment after its end", async () => {
    const { fake, session, stream, holds } = await setUp(patient);
    stream.end(out("one\n"));
    await holds("stdout", "one\n");
    expect((await session.settle()).outcome).toBe("live");
    expect(fake.logCalls).toBe(0);
  });

  it.each([{ order: "before its end" }, { order: "after its end" }])(
    "is not taken for broken while the exit is expected, hinted at $order",
    async ({ order }) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      onTestFinished(() => void vi.useRealTimers());
      const { fake, session, stream } = await setUp(quick);
      if (order === "before its end") session.exitExpected();
      stream.end(out("one\n"));
      while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
      session.exitExpected();
      vi.advanceTimersByTime(50_000);
      expect((await session.settle()).outcome).toBe("live");
      expect({ logs: fake.logCalls, attaches: fake.attachCalls }).toEqual({ logs: 0, attaches: 1 });
    },
  );

  it("settles once, whoever asks", async () => {
    const { session, stream } = await setUp(quick);
    stream.end(out("x"));
    const [first, second] = await Promise.all([session.settle(), session.settle()]);
    expect(second).toEqual(first);
  });
});

describe("a stream that broke before the exit is completed from the engine's log", () => {
  it.each([
    { id: "cut within a header", end: Buffer.from([1, 0, 0]) },
    { id: "cut within a payload", end: out("two\n").subarray(0, 10) },
    { id: "a frame that is none", end: Buffer.from("HTTP/1.1 500 oops") },
    { id: "an error frame of the engine", end: frame(3, "unexpected EOF") },
  ])("$id", async ({ end }) => {
    const { fake, session, stream, file } = await setUp(quick);
    fake.answerAttach(engineFailure("unreachable"));
    fake.log = Buffer.concat([out("one\n"), err("e\n"), out("two\n"), out("three")]);
    stream.end(Buffer.concat([out("one\n"), end]));
    await new Promise((resolve) => stream.once("close", resolve));
    expect(await session.settle()).toEqual({ outcome: "completed", stdoutBytes: 13, stderrBytes: 2 });
    expect([await file("stdout"), await file("stderr")]).toEqual(["one\ntwo\nthree", "e\n"]);
  });

  it("also when it never ends after the exit", async () => {
    const { fake, session, stream, file } = await setUp(quick);
    fake.log = Buffer.concat([out("one\n"), out("two\n")]);
    stream.write(out("one\n"));
    expect((await session.settle()).outcome).toBe("completed");
    expect(await file("stdout")).toBe("one\ntwo\n");
    expect(stream.destroyed).toBe(true);
  });

  it("also when it could never be attached", async () => {
    const fake = new FakeEngine();
    fake.answerAttach(engineFailure("server"));
    fake.log = out("all\n");
    const sandboxDirectory = await temporaryDirectory();
    const session = await createSandboxLogs(fake.engine, quick).open({
      engineContainerId: "c1",
      sandboxDirectory,
      tty: false,
    });
    await expect(session.attach()).rejects.toMatchObject({
      code: "attach-refused",
      subject: "c1",
      cause: { code: "server" },
    });
    expect(await session.settle()).toMatchObject({ outcome: "completed", stdoutBytes: 4 });
  });

  it("says so in a file beside when it cannot, and makes nothing up", async () => {
    const { fake, session, stream, file } = await setUp(quick);
    fake.answerAttach(engineFailure("unreachable"));
    fake.log = out("something else\n");
    stream.end(Buffer.concat([out("one\n"), Buffer.from([1])]));
    await new Promise((resolve) => stream.once("close", resolve));
    const settlement = await session.settle();
    expect(settlement).toMatchObject({ outcome: "incomplete", stdoutBytes: 4 });
    expect(settlement.why).toContain("not in the engine's log");
    expect(await file("stdout")).toBe("one\n");
    expect(JSON.parse(await file("stdout.gaps"))).toMatchObject({ stream: "stdout", offset: 4, lost_bytes: null });
  });

  it.each([
    { id: "unreadable", log: frame(3, "invalid compressed data"), why: "invalid compressed data" },
    { id: "cut off", log: out("one\ntwo\n").subarray(0, 12), why: "cut off" },
    { id: "no log", log: Buffer.from("<html>500</html>"), why: "not well-formed" },
    { id: "doubtful after a long line", log: out(`one\n${"x".repeat(20_000)}`), why: "over 16 KiB" },
  ])("does not take a log that is $id for the truth", async ({ log, why }) => {
    const { fake, session, stream } = await setUp(quick);
    fake.log = log;
    stream.write(out("one\n"));
    expect(await session.settle()).toMatchObject({
      outcome: "incomplete",
      why: expect.stringContaining(why) as string,
    });
  });
});

describe("a stream that ends while the container runs", () => {
  it("is attached again, and the hole is filled from the engine's log", async () => {
    const { fake, session, stream, file, holds } = await setUp(quick);
    fake.answerAttach(engineFailure("unreachable"), engineFailure("unreachable"), undefined);
    fake.log = Buffer.concat([out("one\n"), out("hole\n"), err("hole\n"), out("three\n")]);
    stream.end(out("one\n"));
    const second = await fake.stream();
    second.write(out("three\n"));
    await holds("stdout", "one\nhole\nthree\n");
    second.write(out("four\n"));
    await holds("stdout", "one\nhole\nthree\nfour\n");
    fake.log = Buffer.concat([fake.log, out("four\n"), out("five\n")]);
    const settled = session.settle();
    second.end(out("five\n"));
    expect(await settled).toEqual({ outcome: "completed", stdoutBytes: 25, stderrBytes: 5 });
    expect(await file("stdout")).toBe("one\nhole\nthree\nfour\nfive\n");
    expect(fake.attachCalls).toBe(4);
  });

  it("waits until the engine's log has what came live", async () => {
    const { fake, session, stream, holds } = await setUp(quick);
    const early = out("one\n");
    fake.log = () => (fake.logCalls < 3 ? early : Buffer.concat([early, out("hole\n"), out("three\n")]));
    stream.end(early);
    const second = await fake.stream();
    second.write(out("three\n"));
    await holds("stdout", "one\nhole\nthree\n");
    expect(fake.logCalls).toBeGreaterThanOrEqual(3);
    await session.abandon();
  });

  it("marks the hole when lines are alike and does not guess", async () => {
    const { fake, session, stream, file, holds } = await setUp(quick);
    fake.log = out("same\n".repeat(9));
    stream.end(out("same\n"));
    const second = await fake.stream();
    second.write(out("same\nsame\n"));
    await holds("stdout", "same\nsame\nsame\n");
    const settled = session.settle();
    second.end();
    expect(await settled).toMatchObject({ outcome: "incomplete", why: expect.stringContaining("more than one place") });
    expect(JSON.parse((await file("stdout.gaps")).split("\n")[0] ?? "")).toMatchObject({ offset: 5, lost_bytes: null });
  });

  it("does not ask for a container that is gone again and again", async () => {
    const { fake, session, stream } = await setUp(quick);
    fake.answerAttach(engineFailure("not-found"));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.destroy(new Error("reset"));
    await closed;
    while (fake.attachCalls < 2) await new Promise((resolve) => setImmediate(resolve));
    fake.log = Buffer.alloc(0);
    expect((await session.settle()).outcome).toBe("completed");
    expect(fake.attachCalls).toBe(2);
  });
});

describe("a note", () => {
  it("stands between the task's lines, which stay as they are", async () => {
    const { session, stream, file } = await setUp(patient);
    session.note("before");
    stream.write(err("half a "));
    while (session.position().stderr.sourceBytes < 7) await new Promise((resolve) => setImmediate(resolve));
    session.note("between");
    const settled = session.settle();
    stream.end(err("line\nlast without end"));
    expect((await settled).outcome).toBe("live");
    session.note("too late");
    expect(await file("stderr")).toBe("before\nhalf a line\nbetween\nlast without end");
  });

  it("does not wait for the end of a line for ever", async () => {
    const { session, stream, holds } = await setUp(quick);
    stream.write(err("prompt> "));
    while (session.position().stderr.sourceBytes < 8) await new Promise((resolve) => setImmediate(resolve));
    session.note("note");
    await holds("stderr", "prompt> \nnote\n");
    expect(session.position().stderr).toEqual({ sourceBytes: 8, logBytes: 14, rotatedBytes: 0 });
    await session.abandon();
  });

  it("goes to stderr with a terminal too", async () => {
    const { session, stream, file } = await setUp(quick, { tty: true });
    session.note("note");
    const settled = session.settle();
    stream.end(Buffer.from("raw"));
    expect(await settled).toEqual({ outcome: "live", stdoutBytes: 3, stderrBytes: 5 });
    expect(await file("stderr")).toBe("note\n");
  });
});

describe("letting go", () => {
  it("writes what was received and closes the stream", async () => {
    const { session, stream, file } = await setUp(quick);
    stream.write(out("one\n"));
    while (session.position().stdout.sourceBytes < 4) await new Promise((resolve) => setImmediate(resolve));
    await session.abandon();
    expect(stream.destroyed).toBe(true);
    expect(await file("stdout")).toBe("one\n");
    expect(await session.settle()).toMatchObject({ outcome: "incomplete", stdoutBytes: 4 });
  });

  it("ends a settle whose signal is aborted", async () => {
    const { session } = await setUp({ ...quick, drainIdleMs: 60_000 });
    const controller = new AbortController();
    const settled = session.settle({ signal: controller.signal });
    controller.abort();
    expect((await settled).outcome).toBe("incomplete");
  });
});

it.skipIf(process.getuid?.() !== 0)("a full disk neither stalls the container for ever nor goes unsaid", async () => {
  const fake = new FakeEngine();
  const sandboxDirectory = await smallDisk(64 * 1024);
  const logs = createSandboxLogs(fake.engine, {
    ...quick,
    sessionBufferBytes: 200_000,
    diskFullHoldMs: 30,
    diskRetryMs: 10,
  });
  const session = await logs.open({ engineContainerId: "c1", sandboxDirectory, tty: false });
  await session.attach();
  const stream = await fake.stream();
  const settled = session.settle();
  for (let part = 0; part < 20; part += 1) stream.write(out(Buffer.alloc(50_000, "abcdefg\n")));
  stream.end();
  const { outcome, stdoutBytes, why } = await settled;
  expect(outcome).toBe("incomplete");
  expect(why).toContain(`${1_000_000 - stdoutBytes} bytes of stdout lost, ENOSPC`);
  expect((await readFile(path.join(sandboxDirectory, "stdout"))).length).toBe(stdoutBytes);
});

it("holds a container back while more than its share waits for the disk, and loses nothing", async () => {
  const { session, stream, file } = await setUp({ ...quick, sessionBufferBytes: 100_000, drainIdleMs: 60_000 });
  const settled = session.settle();
  const part = `${"x".repeat(29_999)}\n`;
  for (let count = 0; count < 200; count += 1) stream.write(out(part));
  stream.end();
  expect(await settled).toEqual({ outcome: "live", stdoutBytes: 6_000_000, stderrBytes: 0 });
  expect(await file("stdout")).toBe(part.repeat(200));
});

it("lets go of an attach that the engine does not answer", async () => {
  const fake = new FakeEngine();
  const asked = Promise.withResolvers<void>();
  const attach = (_id: string, { signal }: { signal?: AbortSignal | undefined } = {}) =>
    new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(engineFailure("aborted")));
      asked.resolve();
    });
  const logs = createSandboxLogs({ containers: { ...fake.engine.containers, attach } }, quick);
  const session = await logs.open({
    engineContainerId: "c1",
    sandboxDirectory: await temporaryDirectory(),
    tty: false,
  });
  const refused = session.attach().catch((error: unknown) => error);
  await asked.promise;
  await session.abandon();
  expect(await refused).toMatchObject({ code: "attach-refused", cause: { code: "aborted" } });
});
