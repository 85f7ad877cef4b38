import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepareSandboxPaths } from "../src/engine/sandbox-paths.ts";

const nobody = { uid: 65_534, gid: 65_534 };

async function makeFolders(): Promise<{ readonly sandbox: string; readonly outside: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-sandbox-paths-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [sandbox, outside] = [path.join(folder, "sandbox"), path.join(folder, "outside")];
  await mkdir(sandbox);
  await mkdir(outside);
  return { sandbox, outside };
}

test.skipIf(process.getuid?.() !== 0)(
  "folders are made, and are the task's; what was there stays as it is",
  async () => {
    const { sandbox } = await makeFolders();
    await mkdir(path.join(sandbox, "old"));
    await prepareSandboxPaths(sandbox, [path.join(sandbox, "old/new"), path.join(sandbox, "a/b")], nobody);
    const uidOf = async (name: string) => (await stat(path.join(sandbox, name))).uid;
    expect(await Promise.all(["old", "old/new", "a", "a/b"].map(uidOf))).toEqual([
      0,
      nobody.uid,
      nobody.uid,
      nobody.uid,
    ]);
  },
);

test("a link that leads out is refused, and nothing outside is touched", async () => {
  const { sandbox, outside } = await makeFolders();
  await symlink(outside, path.join(sandbox, "link"));
  const before = await stat(outside);
  await expect(prepareSandboxPaths(sandbox, [path.join(sandbox, "link")], undefined)).rejects.toThrow("leads out");
  expect((await stat(outside)).uid).toBe(before.uid);
});

// The sandbox is the user's: a process of the same user may turn a folder into a link just when it is given away.
test.skipIf(process.getuid?.() !== 0)("a folder that is turned into a link gives nothing outside away", async () => {
  const { sandbox, outside } = await makeFolders();
  const place = path.join(sandbox, "volume");
  const program = `
    const fs = require("node:fs");
    process.send("ready");
    for (;;) {
      try {
        fs.rmdirSync(${JSON.stringify(place)});
        fs.symlinkSync(${JSON.stringify(outside)}, ${JSON.stringify(place)});
      } catch {
        continue;
      }
      for (const untilMs = performance.now() + 1; performance.now() < untilMs;);
      fs.unlinkSync(${JSON.stringify(place)});
    }`;
  const attacker = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  onTestFinished(() => void attacker.kill("SIGKILL"));
  await once(attacker, "message");
  let outcomes = { done: 0, refused: 0 };
  const untilMs = performance.now() + 3000;
  while (performance.now() < untilMs) {
    await prepareSandboxPaths(sandbox, [place], nobody).then(
      () => (outcomes = { ...outcomes, done: outcomes.done + 1 }),
      () => (outcomes = { ...outcomes, refused: outcomes.refused + 1 }),
    );
  }
  const { uid, gid } = await stat(outside);
  await chown(outside, 0, 0);
  expect({ uid, gid }).toEqual({ uid: 0, gid: 0 });
  expect(outcomes.refused).toBeGreaterThan(0);
});
