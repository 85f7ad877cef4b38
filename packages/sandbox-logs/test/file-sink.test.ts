import { mkdir, readFile, readdir, rm, rmdir, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BufferBudget } from "../src/buffer-budget.ts";
import { FileSink } from "../src/file-sink.ts";
import { openLogFile } from "../src/log-file.ts";
import type { LogGap, LogLimits } from "../src/index.ts";
import { smallDisk, temporaryDirectory } from "./temp-directory.ts";

const root = process.getuid?.() === 0;

async function openSink(file: string, options: { limits?: LogLimits; holdMs?: number } = {}) {
  const handle = await openLogFile(file, undefined);
  const budget = new BufferBudget({ sessionBytes: 1_000_000, totalBytes: 10_000_000 });
  const gaps: LogGap[] = [];
  const drained: (() => void)[] = [];
  const sink = new FileSink(handle, (await handle.stat()).size, {
    path: file,
    owner: undefined,
    limits: options.limits,
    budget,
    holdMs: options.holdMs ?? 30,
    retryMs: 10,
    onDrained: () => drained.shift()?.(),
    onGap: (gap) => gaps.push(gap),
  });
  const write = (bytes: Buffer | string) => {
    const buffer = Buffer.from(bytes);
    sink.append(buffer, 0, buffer.length);
  };
  const nextDrained = () => new Promise<void>((resolve) => drained.push(resolve));
  return { sink, write, gaps, budget, nextDrained };
}

describe("a file", () => {
  it("holds every byte in order after flush, behind what it held", async () => {
    const file = path.join(await temporaryDirectory(), "stdout");
    await writeFile(file, "from the fetcher\n");
    const { sink, write, budget } = await openSink(file);
    const lines = Array.from({ length: 5000 }, (_, index) => `${index}${"x".repeat(index % 3000)}\n`);
    for (const line of lines) write(line);
    await sink.flush();
    expect(await readFile(file, "utf8")).toBe(`from the fetcher\n${lines.join("")}`);
    expect(sink.fileBytes).toBe((await stat(file)).size);
    expect([sink.pendingBytes, budget.heldBytes]).toEqual([0, 0]);
    await sink.close();
  });

  it("goes on at the end of a file that its task has truncated", async () => {
    const file = path.join(await temporaryDirectory(), "stdout");
    const { sink, write } = await openSink(file);
    write("old\n");
    await sink.flush();
    await truncate(file);
    write("new\n");
    await sink.close();
    expect(await readFile(file, "utf8")).toBe("new\n");
  });
});

it("is not held up by a piece without bytes", async () => {
  const file = path.join(await temporaryDirectory(), "stdout");
  const { sink, write } = await openSink(file, {});
  sink.append(Buffer.from("x"), 0, 0);
  write("after\n");
  await sink.close();
  expect(await readFile(file, "utf8")).toBe("after\n");
});

describe("limits", () => {
  it("lose no byte, split no line that fits and keep every file within its size", async () => {
    const line = fc.nat({ max: 120 }).map((length) => `${"x".repeat(length)}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 60 }),
        fc.integer({ min: 121, max: 400 }),
        async (lines, maxFileBytes) => {
          const directory = await temporaryDirectory();
          const file = path.join(directory, "stdout");
          const { sink, write } = await openSink(file, { limits: { maxFileBytes, maxFiles: 1000 } });
          for (const [index, text] of lines.entries()) {
            write(text);
            if (index % 7 === 0) await sink.flush();
          }
          await sink.close();
          const names = (await readdir(directory)).toSorted((a, b) => numberOf(b) - numberOf(a));
          const texts = await Promise.all(names.map((name) => readFile(path.join(directory, name), "utf8")));
          expect(texts.join("")).toBe(lines.join(""));
          expect(texts.every((text) => text.length <= maxFileBytes && (text === "" || text.endsWith("\n")))).toBe(true);
          await rm(directory, { recursive: true });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("keep the newest files", async () => {
    const directory = await temporaryDirectory();
    const { sink, write } = await openSink(path.join(directory, "stdout"), {
      limits: { maxFileBytes: 4, maxFiles: 3 },
    });
    for (let index = 0; index < 9; index += 1) write(`${index}__\n`);
    await sink.close();
    const files = ["stdout", "stdout.1", "stdout.2"];
    expect((await readdir(directory)).toSorted()).toEqual(files);
    expect(await Promise.all(files.map((name) => readFile(path.join(directory, name), "utf8")))).toEqual([
      "8__\n",
      "7__\n",
      "6__\n",
    ]);
    expect(sink.fileBytes).toBe(36);
  });

  it("yield rather than lose output when the task stands in the way", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "stdout");
    await mkdir(path.join(directory, "stdout.1", "in the way"), { recursive: true });
    const { sink, write } = await openSink(file, { limits: { maxFileBytes: 4, maxFiles: 2 } });
    for (let index = 0; index < 4; index += 1) write(`${index}__\n`);
    await sink.flush();
    expect(await readFile(file, "utf8")).toBe("0__\n1__\n2__\n3__\n");
    await rmdir(path.join(directory, "stdout.1", "in the way"));
    await rmdir(path.join(directory, "stdout.1"));
    for (let index = 4; index < 6; index += 1) write(`${index}__\n`);
    await sink.close();
    const texts = [await readFile(`${file}.1`, "utf8"), await readFile(file, "utf8")];
    expect(texts[1]).not.toBe("");
    expect((await readdir(directory)).toSorted()).toEqual(["stdout", "stdout.1"]);
  });
});

describe.skipIf(!root)("a full disk", () => {
  it("gets the rest when there is room again in time", async () => {
    const disk = await smallDisk(256 * 1024);
    const ballast = path.join(disk, "ballast");
    await writeFile(ballast, Buffer.alloc(200 * 1024));
    const file = path.join(disk, "stdout");
    const { sink, write, gaps } = await openSink(file, { holdMs: 60_000 });
    const bytes = Buffer.alloc(200 * 1024, "abcdefg\n");
    write(bytes);
    while ((await stat(file)).size === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.pendingBytes).toBeGreaterThan(0);
    await rm(ballast);
    await sink.close();
    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect(gaps).toEqual([]);
  });

  it("drops what finds no room for long, counts it, and goes on when there is room", async () => {
    const disk = await smallDisk(256 * 1024);
    const ballast = path.join(disk, "ballast");
    await writeFile(ballast, Buffer.alloc(128 * 1024));
    const file = path.join(disk, "stdout");
    const { sink, write, gaps, budget } = await openSink(file);
    const big = Buffer.alloc(300 * 1024, "abcdefg\n");
    write(big);
    await sink.flush();
    const kept = sink.fileBytes;
    write("dropped too\n");
    await sink.flush();
    expect(budget.heldBytes).toBe(0);
    await rm(ballast);
    while (gaps.length === 0) {
      write("tick\n");
      await sink.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sink.close();
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ offset: kept, why: expect.stringContaining("ENOSPC") });
    const content = await readFile(file);
    expect(content.subarray(0, kept).equals(big.subarray(0, kept))).toBe(true);
    expect(content.subarray(kept).toString()).toBe("tick\n");
    const dropped = (gaps[0]?.lostBytes ?? 0) - (big.length - kept) - "dropped too\n".length;
    expect(dropped).toBeGreaterThanOrEqual(0);
    expect(dropped % "tick\n".length).toBe(0);
  });

  it("reports at the end what was still being dropped", async () => {
    const disk = await smallDisk(64 * 1024);
    const { sink, write, gaps } = await openSink(path.join(disk, "stdout"));
    write(Buffer.alloc(300 * 1024));
    await sink.close();
    expect(gaps).toEqual([
      {
        offset: sink.fileBytes,
        lostBytes: 300 * 1024 - sink.fileBytes,
        why: expect.stringContaining("ENOSPC") as string,
      },
    ]);
  });
});

function numberOf(name: string): number {
  return Number(name.split(".")[1] ?? 0);
}
