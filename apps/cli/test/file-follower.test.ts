import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { FileFollower } from "../src/output/file-follower.ts";

async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "stdout");
  const chunks: Buffer[] = [];
  const follower = new FileFollower(file, {
    write: (bytes) => Promise.resolve(void chunks.push(Buffer.from(bytes))),
  });
  return { file, follower, seen: () => Buffer.concat(chunks).toString("latin1") };
}

describe("following a sandbox file", () => {
  it("waits for the file, and copies what comes, to the last byte", async () => {
    const { file, follower, seen } = await setup();
    await follower.poke();
    await writeFile(file, "\0one\xff", "latin1");
    await follower.poke();
    expect(seen()).toBe("\0one\xff");
    await appendFile(file, "two without an end of line");
    await follower.finish();
    expect(seen()).toBe("\0one\xfftwo without an end of line");
  });

  it("follows through rotations, several between two looks", async () => {
    const { file, follower, seen } = await setup();
    await writeFile(file, "1");
    await follower.poke();
    await appendFile(file, "2");
    await rename(file, `${file}.1`);
    await writeFile(file, "3");
    await rename(`${file}.1`, `${file}.2`);
    await rename(file, `${file}.1`);
    await writeFile(file, "4");
    await follower.finish();
    expect(seen()).toBe("1234");
  });

  it("goes on with the oldest that is left when its own is gone", async () => {
    const { file, follower, seen } = await setup();
    await writeFile(file, "1");
    await follower.poke();
    await rename(file, `${file}.1`);
    await writeFile(file, "3");
    await rename(file, `${file}.1`);
    await writeFile(file, "4");
    await follower.finish();
    expect(seen()).toBe("134");
  });

  it.each([
    ["a link to another file", (file: string) => symlink("/etc/passwd", file)],
    ["a link to a device without end", (file: string) => symlink("/dev/zero", file)],
    ["a pipe that nobody writes to", (file: string) => promisify(execFile)("mkfifo", [file])],
  ])("does not read %s that the task has put there, and shows all of the file it had", async (_, plant) => {
    const { file, follower, seen } = await setup();
    await writeFile(file, "1");
    await follower.poke();
    await appendFile(file, "2");
    await rm(file);
    await plant(file);
    await expect(follower.finish()).rejects.toThrow("is not a plain file");
    expect(seen()).toBe("12");
  });

  it("copies a file that is larger than its buffer, and asks for one write at a time", async () => {
    const { file } = await setup();
    const content = Buffer.alloc(1_000_000, "abcdefghij");
    await writeFile(file, content);
    const parts: Buffer[] = [];
    let writing = false;
    const follower = new FileFollower(file, {
      write: async (bytes) => {
        expect(writing).toBe(false);
        writing = true;
        await new Promise((resolve) => setImmediate(resolve));
        parts.push(Buffer.from(bytes));
        writing = false;
      },
    });
    void follower.poke();
    void follower.poke();
    await follower.finish();
    expect(Buffer.concat(parts).equals(content)).toBe(true);
  });
});
