import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { lockWorkDir } from "../../src/machine/work-dir-lock.ts";

const module = fileURLToPath(new URL("../../src/machine/work-dir-lock.ts", import.meta.url));

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "berth-test-lock-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Another process that holds the lock until it is killed. */
async function holder(workDirectory: string): Promise<ChildProcess> {
  const script = `
    const { lockWorkDir } = await import(${JSON.stringify(module)});
    globalThis.lock = await lockWorkDir(${JSON.stringify(workDirectory)}, process.pid);
    console.log("locked");
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--conditions=@berth/source", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toBe("locked\n");
  return child;
}

test("a second agent is refused, with the pid of the first", async () => {
  const workDirectory = await folder();
  const first = await holder(workDirectory);
  await expect(lockWorkDir(workDirectory, process.pid)).rejects.toMatchObject({
    code: "locked",
    message: `${workDirectory} is in use by the agent with pid ${first.pid}: end it, or choose another --work_dir`,
  });
});

test("the lock ends with its process, however that ends", async () => {
  const workDirectory = await folder();
  const first = await holder(workDirectory);
  first.kill("SIGKILL");
  await once(first, "exit");
  const lock = await lockWorkDir(workDirectory, 4711);
  expect(await readFile(path.join(workDirectory, "berth-agent.lock"), "utf8")).toBe("4711\n");
  await lock.release();
});

test("children of the agent do not hold the lock", async () => {
  const workDirectory = await folder();
  const lock = await lockWorkDir(workDirectory, process.pid);
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  await lock.release();
  const again = await lockWorkDir(workDirectory, process.pid);
  expect(child.exitCode).toBeNull();
  await again.release();
});

test("one process locks a folder once", async () => {
  const workDirectory = await folder();
  const lock = await lockWorkDir(workDirectory, 1);
  await expect(lockWorkDir(workDirectory, 2)).rejects.toMatchObject({ code: "locked" });
  await lock.release();
});

test("a folder that is not there is said", async () => {
  await expect(lockWorkDir("/nowhere/at/all", 1)).rejects.toMatchObject({
    code: "environment",
    message: expect.stringContaining("/nowhere/at/all/berth-agent.lock"),
  });
});
