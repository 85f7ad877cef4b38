import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "./agent-world.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("how an agent ends", () => {
  const socketPath = engine?.socketPath ?? "";

  async function withTask() {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const agent = await world.alone();
    const scheduler = await world.framework(agent.master, { checkpoint: true });
    await scheduler.launch(await scheduler.offer(), dockerTask(image, "sleeper", "exec sleep 600"));
    await scheduler.status("sleeper", "TASK_RUNNING");
    const running = async () => (await world.containers()).filter(({ State }) => State === "running").length;
    expect(await running()).toBe(1);
    const latest = path.join(world.workDirectory, "meta/slaves/latest");
    return { world, agent, running, latest };
  }

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s leaves tasks running; the next life ends them first",
    async (signal) => {
      const { world, agent, running, latest } = await withTask();
      agent.child.kill(signal);
      expect(await agent.ended).toMatchObject({ code: 0, signal: null });
      expect(await running()).toBe(1);
      expect(existsSync(latest)).toBe(true);
      const next = await world.alone();
      await next.shows("ending containers of an earlier life");
      await expect.poll(() => world.containers()).toEqual([]);
      await next.shows("RUNNING");
    },
  );

  test("--no-docker_kill_orphans: the next life does not begin while they run", async () => {
    const { world, agent, running } = await withTask();
    agent.child.kill("SIGTERM");
    await agent.ended;
    const { code, log } = await (await world.alone(["--no-docker_kill_orphans"])).ended;
    expect(code).toBe(1);
    expect(log).toMatch(
      /containers of an earlier life of this agent still run \([0-9a-f]{12}\): end them, or let --docker_kill_orphans do it\n$/,
    );
    expect(await running()).toBe(1);
  });

  test("SIGUSR1 ends the tasks, unregisters, and forgets the agent's id", async () => {
    const { agent, running, latest } = await withTask();
    agent.child.kill("SIGUSR1");
    const { code, signal, log } = await agent.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(log).toContain("the agent unregisters");
    expect(log).not.toContain("Debugger");
    expect(await running()).toBe(0);
    expect(existsSync(latest)).toBe(false);
  });

  test("an order of the master ends the tasks, and the agent forgets its id", async () => {
    const { agent, running, latest } = await withTask();
    const text = "machine is down";
    const body = Buffer.from(`\x0a${String.fromCharCode(text.length)}${text}`);
    const answer = await fetch(`http://${agent.agent}/slave(1)/mesos.internal.ShutdownMessage`, {
      method: "POST",
      headers: { "libprocess-from": `master@${agent.master}` },
      body,
    });
    expect(answer.status).toBe(202);
    const { code, log } = await agent.ended;
    expect(code).toBe(0);
    expect(log).toContain(text);
    expect(log).not.toContain("the agent unregisters");
    expect(await running()).toBe(0);
    expect(existsSync(latest)).toBe(false);
  });

  test("the same order from anybody else changes nothing", async () => {
    const { agent, running } = await withTask();
    await fetch(`http://${agent.agent}/slave(1)/mesos.internal.ShutdownMessage`, {
      method: "POST",
      headers: { "libprocess-from": "master@127.0.0.1:1" },
      body: Buffer.from("\x0a\x01x"),
    });
    await agent.shows("ShutdownMessage");
    expect((await fetch(`http://${agent.agent}/health`)).status).toBe(200);
    expect(await running()).toBe(1);
  });

  /** A second life that finds no engine, and has been told to unregister. */
  async function unregisteringWithoutEngine() {
    const { world, agent, running, latest } = await withTask();
    agent.child.kill("SIGKILL");
    await agent.ended;
    const socket = path.join(world.folder, "engine.sock");
    const second = await world.alone([`--docker_socket=${socket}`]);
    await second.shows("cannot say what an earlier life has left");
    second.child.kill("SIGUSR1");
    await second.shows("the agent ends");
    return { world, second, running, latest, socket };
  }

  test("SIGUSR1 before recovery is over ends the tasks of the earlier life first", async () => {
    const { world, second, latest, socket } = await unregisteringWithoutEngine();
    await symlink(socketPath, socket);
    expect(await second.ended).toMatchObject({ code: 0, signal: null });
    expect(await world.containers()).toEqual([]);
    expect(existsSync(latest)).toBe(false);
  });

  test("SIGTERM after it lets go of them, and the next life is the same agent and ends them", async () => {
    const { world, second, running, latest } = await unregisteringWithoutEngine();
    second.child.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0, signal: null });
    expect(await running()).toBe(1);
    expect(existsSync(latest)).toBe(true);
    const third = await world.alone();
    await third.shows("RUNNING");
    expect(await world.containers()).toEqual([]);
  });

  test("SIGUSR1 keeps the agent's id when it may not end what an earlier life has left", async () => {
    const { world, agent, running, latest } = await withTask();
    agent.child.kill("SIGKILL");
    await agent.ended;
    const socket = path.join(world.folder, "engine.sock");
    const second = await world.alone(["--no-docker_kill_orphans", `--docker_socket=${socket}`]);
    await second.shows("cannot say what an earlier life has left");
    second.child.kill("SIGUSR1");
    await second.shows("the agent ends");
    await symlink(socketPath, socket);
    const { code, log } = await second.ended;
    expect(code).toBe(0);
    expect(log).toContain("the agent keeps its id");
    expect(await running()).toBe(1);
    expect(existsSync(latest)).toBe(true);
  });

  test("SIGTERM while tasks are being ended lets go of them", async () => {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const agent = await world.alone(["--executor_shutdown_grace_period=10mins"]);
    const scheduler = await world.framework(agent.master);
    const stubborn = dockerTask(image, "stubborn", "trap '' TERM; while true; do sleep 1; done");
    await scheduler.launch(await scheduler.offer(), {
      ...stubborn,
      kill_policy: { grace_period: { nanoseconds: 600_000_000_000 } },
    });
    await scheduler.status("stubborn", "TASK_RUNNING");
    agent.child.kill("SIGUSR1");
    await agent.shows("the agent unregisters");
    agent.child.kill("SIGTERM");
    expect(await agent.ended).toMatchObject({ code: 0, signal: null });
    expect((await world.containers()).map(({ State }) => State)).toEqual(["running"]);
    expect(existsSync(path.join(world.workDirectory, "meta/slaves/latest"))).toBe(true);
  });

  test("a lock that another agent holds names it", async () => {
    const world = await agentWorld(socketPath);
    const first = await world.alone();
    const second = world.start([`--work_dir=${world.workDirectory}`, "--port=0", "--master_port=0"]);
    expect(await second.ended).toEqual({
      code: 1,
      signal: null,
      log: `berth-agent: ${world.workDirectory} is in use by the agent with pid ${first.child.pid}: end it, or choose another --work_dir\n`,
    });
    first.child.kill("SIGKILL");
    await first.ended;
    await world.alone();
  });

  test("SIGUSR1 at any moment of the start ends the agent, and leaves no inspector open", async () => {
    const world = await agentWorld(socketPath);
    for (const afterMs of [0, 20, 40, 80, 160, 320, 640, 1280]) {
      const agent = world.start([`--work_dir=${world.workDirectory}`, "--port=0", "--master_port=0"]);
      const timer = setTimeout(() => agent.child.kill("SIGUSR1"), afterMs);
      const { code, signal, log } = await agent.ended;
      clearTimeout(timer);
      // Before Node itself is there the system's answer to the signal counts, as with the original.
      expect([0, "SIGUSR1"]).toContain(code ?? signal);
      // Node may have opened its inspector before our first line; then it has been closed and the signal counted.
      expect(log.includes("Debugger listening") ? log : "SIGUSR1").toContain("SIGUSR1");
    }
  });
});
