import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { findEngine, outputFrame } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { withRealEngine } from "./with-real-engine.ts";

const engine = await findEngine();

async function bytesOf(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[]);
}

/** The payload of every frame of the kind. */
function payload(frames: Buffer, kind: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < frames.length;) {
    const length = frames.readUInt32BE(at + 4);
    if (frames[at] === kind) pieces.push(frames.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces);
}

describe.skipIf(engine === undefined)("streams of the real engine", () => {
  const setUp = () => withRealEngine(engine!);

  it("an attach before the start gets every byte", async () => {
    const { client, create } = await setUp();
    const script = "echo first; seq 1 300000; echo oops >&2";
    const id = await create("attach", { Cmd: ["sh", "-c", script], AttachStdout: true, AttachStderr: true });
    const stream = await client.containers.attach(id);
    const all = bytesOf(stream);
    await client.containers.start(id);
    const frames = await all;
    const expected = `first\n${Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join("")}`;
    const hash = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
    expect(hash(payload(frames, 1))).toBe(hash(expected));
    expect(payload(frames, 2).toString()).toBe("oops\n");
  });

  it("an attach whose reader rests holds the container back and loses nothing", async () => {
    const { client, create } = await setUp();
    const id = await create("backpressure", { Cmd: ["sh", "-c", "dd if=/dev/zero bs=65536 count=320"] });
    const stream = await client.containers.attach(id, { stderr: false });
    const exit = client.containers.wait(id, { condition: "next-exit" });
    await client.containers.start(id);
    await once(stream, "readable");
    // Unread, so the socket holds little more than its buffers.
    expect(stream.readableLength).toBeLessThan(4 * 1024 * 1024);
    const frames = await bytesOf(stream);
    expect(payload(frames, 1).length).toBe(320 * 65_536);
    expect(await exit).toMatchObject({ exitCode: 0 });
  });

  it("an attach with the past gets what comes in one piece with the switch", async () => {
    const { client, create } = await setUp();
    const id = await create("past", { Cmd: ["echo", "before"] });
    await client.containers.start(id);
    await client.containers.wait(id);
    const stream = await client.containers.attach(id, { logs: true });
    const expected = outputFrame("stdout", "before\n");
    await once(stream, "readable");
    // The engine does not end an attach to a container that has exited: it could be started again.
    expect(stream.read(expected.length)).toEqual(expected);
    stream.destroy();
  });

  it("an attach with a tty gets bare bytes, and stdin goes the other way", async () => {
    const { client, create } = await setUp();
    const id = await create("tty", { Cmd: ["sh", "-c", "read line; echo got $line"], Tty: true, OpenStdin: true });
    const stream = await client.containers.attach(id, { stdin: true });
    await client.containers.start(id);
    stream.write("hello\n");
    expect((await bytesOf(stream)).toString()).toContain("got hello\r\n");
  });

  it("the end of stdin reaches the container and its output still comes", async () => {
    const { client, create } = await setUp();
    const id = await create("stdin", { Cmd: ["cat"], OpenStdin: true, StdinOnce: true, AttachStdin: true });
    const stream = await client.containers.attach(id, { stdin: true });
    await client.containers.start(id);
    stream.end("exactly this");
    expect(payload(await bytesOf(stream), 1).toString()).toBe("exactly this");
  });

  it("an attach ends with the caller's signal", async () => {
    const { client, create } = await setUp();
    const id = await create("attach-abort", { Cmd: ["sleep", "600"] });
    const controller = new AbortController();
    const stream = await client.containers.attach(id, { signal: controller.signal });
    const failed = once(stream, "error");
    controller.abort();
    expect(await failed).toMatchObject([{ code: "aborted" }]);
  });

  it("logs come whole, from a moment, and followed to the end", async () => {
    const { client, create } = await setUp();
    const id = await create("logs", {
      Cmd: ["sh", "-c", "echo one; echo two >&2; read x; echo three"],
      OpenStdin: true,
    });
    const stdin = await client.containers.attach(id, { stdin: true, stdout: false, stderr: false });
    await client.containers.start(id);
    const follower = await client.containers.logs(id, { follow: true, stdout: true });
    const followed = bytesOf(follower);
    stdin.end("\n");
    expect(payload(await followed, 1).toString()).toBe("one\nthree\n");
    const lines = payload(await bytesOf(await client.containers.logs(id, { timestamps: true })), 1)
      .toString()
      .split("\n");
    const stamp = lines[1]?.split(" ")[0] ?? "";
    const seconds = Math.floor(Date.parse(stamp) / 1000);
    const since = `${seconds}.${(/\.(\d+)Z/.exec(stamp)?.[1] ?? "").padEnd(9, "0")}`;
    expect(payload(await bytesOf(await client.containers.logs(id, { since })), 1).toString()).toBe("three\n");
    expect(payload(await bytesOf(await client.containers.logs(id, { tail: 0 })), 1).toString()).toBe("");
  });

  it("events come from a moment on, with stamps that name it to the nanosecond", async () => {
    const { client, create } = await setUp();
    const id = await create("events", { Cmd: ["true"], Labels: { "berth.test": "events" } });
    const filters = { type: ["container"], container: [id] };
    const seen: { action: string; timeNano: bigint }[] = [];
    const connected = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const event of client.events({ filters, onConnected: connected.resolve })) {
        seen.push(event);
        expect(event).toMatchObject({ type: "container", id, attributes: { "berth.test": "events" } });
        if (event.action === "die") return;
      }
    })();
    await connected.promise;
    await client.containers.start(id);
    await reading;
    expect(seen.map(({ action }) => action)).toEqual(["start", "die"]);
    const die = seen.at(-1)!.timeNano;
    expect(die % 1_000_000n).not.toBe(0n);
    const since = `${die / 1_000_000_000n}.${String(die % 1_000_000_000n).padStart(9, "0")}`;
    for await (const event of client.events({ since, filters })) {
      expect(event).toMatchObject({ action: "die", timeNano: die });
      break;
    }
  });

  it("a wait ends with the caller's signal and the container runs on", async () => {
    const { client, create } = await setUp();
    const id = await create("wait-abort", { Cmd: ["sleep", "600"] });
    await client.containers.start(id);
    const controller = new AbortController();
    const wait = client.containers.wait(id, { signal: controller.signal, onWaiting: () => controller.abort() });
    await expect(wait).rejects.toMatchObject({ code: "aborted" });
    expect((await client.containers.inspect(id)).inspect.State.Running).toBe(true);
  });
});
