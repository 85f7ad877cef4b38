import { readFile } from "node:fs/promises";
import path from "node:path";
import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "./agent-world.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("berth-agent --work_dir=DIR", () => {
  const socketPath = engine?.socketPath ?? "";

  test("is a whole system: a Docker task from SUBSCRIBE to TASK_FINISHED", async () => {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const { master, agent, child, ended } = await world.alone();
    const scheduler = await world.framework(master);
    const offer = await scheduler.offer();
    await scheduler.launch(offer, dockerTask(image, "hello", "echo hello from $MESOS_SANDBOX"));
    await scheduler.status("hello", "TASK_RUNNING");
    await scheduler.status("hello", "TASK_FINISHED");
    const latest = path.join(
      world.workDirectory,
      `slaves/${offer.agent_id.value}/frameworks/${scheduler.frameworkId}/executors/hello/runs/latest/stdout`,
    );
    expect(await readFile(latest, "utf8")).toContain("hello from /mnt/mesos/sandbox\n");
    const state = (await (await fetch(`http://${agent}/state`)).json()) as { id: string; flags: object };
    expect(state).toMatchObject({ id: offer.agent_id.value, flags: { work_dir: world.workDirectory, port: "0" } });
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0 });
  });

  test("a task is killed", async () => {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const { master } = await world.alone();
    const scheduler = await world.framework(master);
    await scheduler.launch(await scheduler.offer(), dockerTask(image, "sleeper", "exec sleep 600"));
    await scheduler.status("sleeper", "TASK_RUNNING");
    await scheduler.call({
      type: "KILL",
      kill: { task_id: { value: "sleeper" }, kill_policy: { grace_period: { nanoseconds: 0 } } },
    });
    await scheduler.status("sleeper", "TASK_KILLED");
    await expect.poll(async () => (await world.containers()).filter(({ State }) => State === "running")).toEqual([]);
  });

  test("listens on loopback only, and says where", async () => {
    const world = await agentWorld(socketPath);
    const { agent, master, log } = await world.alone();
    expect(agent).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(master).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(log()).toContain(`work dir ${world.workDirectory}\n`);
    expect((await fetch(`http://${agent}/slave(1)/health`)).status).toBe(200);
    expect((await fetch(`http://${master}/health`)).status).toBe(200);
  });

  test("HTTP asks for credentials when told to, and the firewall comes first", async () => {
    const world = await agentWorld(socketPath);
    const { agent } = await world.alone([
      '--http_credentials={"credentials":[{"principal":"op","secret":"sekret"}]}',
      "--authenticate_http_readonly",
      '--firewall_rules={"disabled_endpoints":{"paths":["/slave(1)/flags"]}}',
    ]);
    const status = async (route: string, headers = {}) => (await fetch(`http://${agent}${route}`, { headers })).status;
    const authorization = `Basic ${Buffer.from("op:sekret").toString("base64")}`;
    expect(await status("/state")).toBe(401);
    await expect.poll(() => status("/state", { authorization })).toBe(200);
    expect(await status("/health")).toBe(200);
    expect(await status("/flags", { authorization })).toBe(403);
  });
});
