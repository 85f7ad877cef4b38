import { execFile } from "node:child_process";
import { chmod, link, mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLogFile, rotateLogFile } from "../src/log-file.ts";
import { temporaryDirectory } from "./temp-directory.ts";

const run = promisify(execFile);
const root = process.getuid?.() === 0;

describe("opening a log", () => {
  it("creates it 0644 whatever the umask, and appends to what is there", async () => {
    const file = path.join(await temporaryDirectory(), "stdout");
    const umask = process.umask(0o077);
    onTestFinished(() => void process.umask(umask));
    for (const text of ["one\n", "two\n"]) {
      const handle = await openLogFile(file, undefined);
      await handle.write(text);
      await handle.close();
    }
    expect(await readFile(file, "utf8")).toBe("one\ntwo\n");
    expect((await stat(file)).mode & 0o777).toBe(0o644);
  });

  it.skipIf(!root)("gives it to its owner", async () => {
    const file = path.join(await temporaryDirectory(), "stdout");
    await (await openLogFile(file, { uid: 1234, gid: 2345 })).close();
    expect(await stat(file)).toMatchObject({ uid: 1234, gid: 2345 });
  });

  it.each<{ id: string; plant: (file: string, directory: string) => Promise<unknown> }>([
    { id: "a link to a file", plant: (file) => symlink("/etc/hostname", file) },
    { id: "a link to nothing", plant: (file, directory) => symlink(path.join(directory, "absent"), file) },
    {
      id: "a hard link",
      plant: (file, directory) =>
        writeFile(path.join(directory, "victim"), "").then(() => link(path.join(directory, "victim"), file)),
    },
    { id: "a pipe", plant: (file) => run("mkfifo", [file]) },
    { id: "a directory", plant: (file) => mkdir(file) },
    { id: "a link to a device", plant: (file) => symlink("/dev/full", file) },
    { id: "a socket", plant: (file) => listen(file) },
  ])("refuses $id", async ({ plant }) => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "stdout");
    await plant(file, directory);
    await expect(openLogFile(file, undefined)).rejects.toMatchObject({ name: "SandboxLogsError", code: "not-a-file" });
    expect(await readdir(directory)).not.toContain("absent");
  });

  it.skipIf(!root)("refuses a device", async () => {
    const file = path.join(await temporaryDirectory(), "stdout");
    await run("mknod", [file, "c", "1", "7"]);
    await expect(openLogFile(file, undefined)).rejects.toMatchObject({ code: "not-a-file" });
  });

  it("says when there is no sandbox", async () => {
    const file = path.join(await temporaryDirectory(), "absent", "stdout");
    await expect(openLogFile(file, undefined)).rejects.toMatchObject({ code: "no-directory", subject: file });
  });
});

describe("rotating a log", () => {
  it("moves files on, drops the oldest and keeps readers of the old one", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "stdout");
    await writeFile(file, "0");
    const inode = (await stat(file)).ino;
    for (const text of ["1", "2", "3"]) {
      const handle = await rotateLogFile(file, 3, undefined);
      await handle.write(text);
      await handle.close();
    }
    expect((await readdir(directory)).toSorted()).toEqual(["stdout", "stdout.1", "stdout.2"]);
    const texts = await Promise.all(["", ".1", ".2"].map((suffix) => readFile(file + suffix, "utf8")));
    expect(texts).toEqual(["3", "2", "1"]);
    await (await rotateLogFile(file, 5, undefined)).close();
    await writeFile(file, "new");
    expect((await stat(`${file}.1`)).ino).not.toBe(inode);
  });

  it("with one file starts it anew", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "stdout");
    await writeFile(file, "old");
    await (await rotateLogFile(file, 1, undefined)).close();
    expect(await readdir(directory)).toEqual(["stdout"]);
    expect(await readFile(file, "utf8")).toBe("");
  });

  it("writes through no link that is planted at the name of the new file", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "stdout");
    const victim = path.join(directory, "victim");
    await Promise.all([writeFile(file, "old"), writeFile(victim, "intact"), symlink(victim, `${file}.rotating`)]);
    await chmod(victim, 0o600);
    const handle = await rotateLogFile(file, 2, undefined);
    await handle.write("new");
    await handle.close();
    expect(await readFile(file, "utf8")).toBe("new");
    expect(await readFile(victim, "utf8")).toBe("intact");
  });
});

function listen(file: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => server.listen(file, resolve));
}
