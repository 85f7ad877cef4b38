import { lstat, mkdir, mkdtemp, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSandbox, sandboxPath } from "@berth/containerizer";
import { describe, expect, it, onTestFinished } from "vitest";

async function workFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-containerizer-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const ids = { agentId: "a-S0", frameworkId: "f-0000", executorId: "task:1", containerId: "c1" };

describe("createSandbox", () => {
  it("makes the original's layout, closed to others, and points latest at it", async () => {
    const workDirectory = await workFolder();
    const directory = await createSandbox({ workDirectory, ...ids });
    expect(directory).toBe(`${workDirectory}/slaves/a-S0/frameworks/f-0000/executors/task:1/runs/c1`);
    expect(directory).toBe(sandboxPath({ workDirectory, ...ids }));
    expect((await stat(directory)).mode & 0o7777).toBe(0o750);
    expect(await readlink(path.join(directory, "../latest"))).toBe("c1");
  });

  it("repoints latest with the next run and leaves nothing else beside it", async () => {
    const workDirectory = await workFolder();
    await createSandbox({ workDirectory, ...ids });
    const directory = await createSandbox({ workDirectory, ...ids, containerId: "c2" });
    expect(await readlink(path.join(directory, "../latest"))).toBe("c2");
    expect((await readdir(path.dirname(directory))).sort()).toEqual(["c1", "c2", "latest"]);
  });

  it.skipIf(process.getuid?.() !== 0)("belongs to the task's user", async () => {
    const workDirectory = await workFolder();
    const directory = await createSandbox({ workDirectory, ...ids, owner: { uid: 65_534, gid: 1234 } });
    expect(await stat(directory)).toMatchObject({ uid: 65_534, gid: 1234 });
    expect(await stat(path.dirname(directory))).toMatchObject({ uid: 0 });
  });

  it("leaves no empty folder behind when it cannot be the user's", async () => {
    const workDirectory = await workFolder();
    await expect(createSandbox({ workDirectory, ...ids, owner: { uid: 2 ** 32, gid: 0 } })).rejects.toMatchObject({
      code: "sandbox-refused",
    });
    expect(await readdir(workDirectory)).toEqual([]);
  });

  it("takes a work folder that is itself reached through a link", async () => {
    const workDirectory = await workFolder();
    await mkdir(path.join(workDirectory, "real"));
    await symlink("real", path.join(workDirectory, "link"));
    const directory = await createSandbox({ workDirectory: path.join(workDirectory, "link"), ...ids });
    expect(directory.startsWith(`${workDirectory}/real/slaves`)).toBe(true);
  });

  it.each([
    "slaves",
    "slaves/a-S0",
    "slaves/a-S0/frameworks/f-0000/executors/task:1/runs",
    "slaves/a-S0/frameworks/f-0000/executors/task:1/runs/c1",
  ])("refuses a link in the place of %s and writes nothing through it", async (place) => {
    const workDirectory = await workFolder();
    const elsewhere = await workFolder();
    await mkdir(path.dirname(path.join(workDirectory, place)), { recursive: true });
    await symlink(elsewhere, path.join(workDirectory, place));
    await expect(createSandbox({ workDirectory, ...ids })).rejects.toMatchObject({ code: "sandbox-refused" });
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it("refuses a file in the place of a folder, and a sandbox that is there already", async () => {
    const workDirectory = await workFolder();
    await createSandbox({ workDirectory, ...ids });
    await expect(createSandbox({ workDirectory, ...ids })).rejects.toMatchObject({ code: "sandbox-refused" });
    expect((await lstat(sandboxPath({ workDirectory, ...ids }))).isDirectory()).toBe(true);
  });

  it.each([
    { frameworkId: "a/b" },
    { frameworkId: ".." },
    { frameworkId: "a\0b" },
    { frameworkId: "x".repeat(256) },
    { frameworkId: "ä".repeat(128) },
    { frameworkId: "   " },
    { frameworkId: "" },
    { executorId: "../../etc" },
    { executorId: "a\\b" },
    { agentId: "." },
  ])("refuses %j", async (bad) => {
    const workDirectory = await workFolder();
    await expect(createSandbox({ workDirectory, ...ids, ...bad })).rejects.toMatchObject({ code: "invalid-id" });
    expect(await readdir(workDirectory)).toEqual([]);
  });
});
