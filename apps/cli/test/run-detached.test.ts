import { open, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import type { DetachableTask, RunTaskRequest, TaskEnd, TaskPlacement } from "@berth/task-runner";
import { expect, onTestFinished, test } from "vitest";
import type { CliIo } from "../src/cli-io.ts";
import { runDetached } from "../src/commands/run-detached.ts";
import { FdWriter } from "../src/output/fd-writer.ts";

const place: TaskPlacement = {
  agentId: "agent",
  agentUrl: "http://h:5051/slave(1)",
  executorId: "t",
  containerId: "c",
  sandboxDirectory: undefined,
};
const failed: TaskEnd = { status: { state: "TASK_FAILED" }, exitCode: 7, outOfMemory: false };

/** `berth run --detach` of a task that does what the test says. */
async function world() {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = await Promise.all(["out", "err"].map((name) => open(path.join(folder, name), "w")));
  onTestFinished(async () => void (await Promise.all(files.map((file) => file.close()))));
  const [stdout, stderr] = files.map(({ fd }) => new FdWriter(fd)) as [FdWriter, FdWriter];
  const running = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<TaskEnd>();
  const asked = Promise.withResolvers<RunTaskRequest>();
  const log: string[] = [];
  const task: DetachableTask = {
    frameworkId: "framework",
    placed: Promise.resolve(place),
    running: running.promise,
    ended: ended.promise,
    kill: (kill) => void log.push(kill?.force === true ? "kill at once" : "kill"),
    detach: () => Promise.resolve(void log.push("detach")),
  };
  const runner = {
    run: (request: RunTaskRequest) => {
      asked.resolve(request);
      return Promise.resolve(task);
    },
    resume: () => Promise.reject(new Error("nobody asked for that")),
    close: () => Promise.resolve(),
  };
  const listening = Promise.withResolvers<(signal: NodeJS.Signals) => void>();
  const io: CliIo = {
    env: {},
    cwd: folder,
    uid: 0,
    home: folder,
    user: "root",
    now: () => 0,
    stdin: new PassThrough(),
    stdout,
    stderr,
    terminal: undefined,
    onSignal: (listener) => listening.resolve(listener),
  };
  const system = {
    runner,
    sandboxLine: () => "",
    openOutput: () => Promise.reject(new Error("nobody looks")),
    close: () => Promise.resolve(),
  };
  const code = runDetached(system, { taskId: { value: "t" } }, io, { json: false });
  const written = async (name: "out" | "err") => {
    await Promise.all([stdout.flush(), stderr.flush()]);
    return readFile(path.join(folder, name), "utf8");
  };
  return { code, running, ended, log, written, signal: await listening.promise, request: await asked.promise };
}

test("leaves when the task runs and the master knows that we know, and tells what came before", async () => {
  const { code, running, log, written, request } = await world();
  request.onStatus({ state: "TASK_STARTING" });
  request.onNotice?.("lost the master");
  await new Promise(setImmediate);
  expect({ log, out: await written("out") }).toEqual({ log: [], out: "" });
  running.resolve(true);
  expect(await code).toBe(0);
  expect(log).toEqual(["detach"]);
  expect(await written("out")).toBe("framework: framework\ntask: t\nagent: agent\n");
  expect(await written("err")).toBe("TASK_STARTING\nlost the master\n");
});

test("a task that ends before it runs has its own exit code", async () => {
  const { code, running, ended, log, written } = await world();
  running.resolve(false);
  ended.resolve(failed);
  expect(await code).toBe(7);
  expect({ log, out: await written("out") }).toEqual({ log: [], out: "" });
});

test("Ctrl-C in time ends the task, though it has begun to run; the second one at once", async () => {
  const { code, running, ended, log, signal } = await world();
  signal("SIGINT");
  signal("SIGINT");
  running.resolve(true);
  ended.resolve({ status: { state: "TASK_KILLED" }, outOfMemory: false });
  expect(await code).toBe(130);
  expect(log).toEqual(["kill", "kill at once"]);
});
