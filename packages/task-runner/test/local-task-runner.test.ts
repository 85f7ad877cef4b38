import { mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ContainerConfig,
  ContainerizerError,
  type ContainerTermination,
  type LaunchHooks,
  type LaunchOutcome,
} from "@berth/containerizer";
import type { ContainerID, TaskInfo, TaskStatus } from "@berth/proto/v1";
import { createLocalTaskRunner, type LocalTaskRunnerDeps } from "@berth/task-runner";
import { describe, expect, it, onTestFinished } from "vitest";

const task: TaskInfo = { name: "t", taskId: { value: "t" }, container: { type: "DOCKER", docker: { image: "i" } } };

type Script = (
  hooks: LaunchHooks,
  end: (termination: ContainerTermination | undefined) => void,
) => Promise<LaunchOutcome>;

/** One container whose launch goes as written. */
function scripted(script: Script) {
  const configs: ContainerConfig[] = [];
  const calls: string[] = [];
  const ending = Promise.withResolvers<ContainerTermination | undefined>();
  const containerizer: LocalTaskRunnerDeps["containerizer"] = {
    launch: (_: ContainerID, config, hooks = {}) => {
      configs.push(config);
      return script(hooks, ending.resolve);
    },
    wait: () => ending.promise,
    destroy: () => {
      calls.push("destroy");
      ending.resolve({ state: "TASK_KILLED", message: "Container killed" });
      return ending.promise;
    },
    killTask: (_, kill) => {
      calls.push(kill?.force === true ? "force" : "kill");
      return Promise.resolve(true);
    },
    close: () => Promise.resolve(void calls.push("close")),
  };
  return { containerizer, configs, calls };
}

async function workFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-task-runner-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function setup(script: Script) {
  const workDirectory = await workFolder();
  const fake = scripted(script);
  const statuses: TaskStatus[] = [];
  const runner = createLocalTaskRunner({ containerizer: fake.containerizer }, { workDirectory, now: () => 3_000 });
  const run = (overrides: Partial<TaskInfo> = {}) =>
    runner.run({
      task: { ...task, ...overrides },
      frameworksHome: "/home",
      onStatus: (status) => statuses.push(status),
    });
  return { ...fake, runner, run, statuses, workDirectory };
}

describe("the local task runner", () => {
  it("gives ids as a master and an agent would, and a sandbox that is there from the start", async () => {
    const { run, configs } = await setup((hooks, end) => {
      hooks.onTaskStatus?.({ state: "TASK_FINISHED" });
      end({ exitCode: 0, state: "TASK_FINISHED" });
      return Promise.resolve("launched");
    });
    const running = await run();
    expect(running.agentId).toMatch(/^[0-9a-f-]{36}-S0$/);
    expect(running.frameworkId).toBe(running.agentId.replace(/-S0$/, "-0000"));
    expect(running.containerId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await stat(running.sandboxDirectory)).isDirectory()).toBe(true);
    expect(configs[0]).toMatchObject({ executorId: "t", directory: running.sandboxDirectory, frameworksHome: "/home" });
    expect(configs[0]?.taskInfo?.agentId?.value).toBe(running.agentId);
  });

  it("ends with the task's own terminal status and what is known of the container", async () => {
    const { run, statuses } = await setup((hooks, end) => {
      hooks.onTaskStatus?.({ state: "TASK_RUNNING" });
      hooks.onTaskStatus?.({ state: "TASK_FAILED", message: "Container exited with status 3" });
      end({ exitCode: 3, state: "TASK_FAILED", outOfMemory: true });
      return Promise.resolve("launched");
    });
    const end = await (await run()).ended;
    expect(end).toMatchObject({
      exitCode: 3,
      outOfMemory: true,
      status: { message: "Container exited with status 3" },
    });
    expect(statuses.map(({ state }) => state)).toEqual(["TASK_RUNNING", "TASK_FAILED"]);
  });

  it.each<{ what: string; script: Script; reason: string; message: string }>([
    {
      what: "nobody runs such a task",
      script: (_, end) => {
        end(undefined);
        return Promise.resolve("not-supported");
      },
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
      message: "Failed to launch container: no containerizer here runs such a task; set container.type to DOCKER",
    },
    {
      what: "the launch failed without a status",
      script: (_, end) => {
        end(undefined);
        return Promise.reject(new ContainerizerError("launch-failed", "no room", "c"));
      },
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
      message: "Failed to launch container: no room",
    },
    {
      what: "the container went away without a status",
      script: (hooks, end) => {
        hooks.onTaskStatus?.({ state: "TASK_RUNNING" });
        end(undefined);
        return Promise.resolve("launched");
      },
      reason: "REASON_EXECUTOR_TERMINATED",
      message: "Executor terminated",
    },
  ])("sends the terminal status itself when $what", async ({ script, reason, message }) => {
    const { run, statuses } = await setup(script);
    const running = await run();
    const { status } = await running.ended;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason, message, source: "SOURCE_AGENT", timestamp: 3 });
    expect(status.agentId?.value).toBe(running.agentId);
    expect(statuses.at(-1)).toBe(status);
  });

  it("passes kills on, and close ends what runs", async () => {
    const { runner, run, calls } = await setup(() => Promise.resolve("launched"));
    const running = await run();
    running.kill();
    running.kill({ force: true });
    await runner.close();
    expect((await running.ended).status.state).toBe("TASK_KILLED");
    expect(calls).toEqual(["kill", "force", "destroy", "close"]);
    await expect(run()).rejects.toMatchObject({ code: "closed" });
  });

  it("leaves no sandbox behind for a task that comes after close", async () => {
    const { run, runner, workDirectory } = await setup(() => Promise.resolve("launched"));
    await runner.close();
    await expect(run()).rejects.toMatchObject({ code: "closed" });
    expect(await readdir(workDirectory)).toEqual([]);
  });

  it("refuses ids and users that cannot be, before anything is started", async () => {
    const { run, configs, workDirectory } = await setup(() => Promise.resolve("launched"));
    await expect(run({ taskId: { value: "a/b" } })).rejects.toMatchObject({ code: "invalid-task" });
    await expect(run({ command: { user: "no-such-user-here" } })).rejects.toMatchObject({ code: "invalid-task" });
    expect(await readdir(workDirectory)).toEqual([]);
    expect(configs).toEqual([]);
  });

  it("refuses a sandbox path that leads elsewhere", async () => {
    const { run, workDirectory } = await setup(() => Promise.resolve("launched"));
    await symlink(await workFolder(), path.join(workDirectory, "slaves"));
    await expect(run()).rejects.toMatchObject({ code: "sandbox-refused" });
  });
});
