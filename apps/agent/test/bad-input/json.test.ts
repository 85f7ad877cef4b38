import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { dockerTask } from "../e2e/agent-world.ts";
import { Siege, unharmed } from "./siege.ts";

const engine = await findEngine();
const json = { "content-type": "application/json" };

async function post(url: string, body: string): Promise<readonly [number, string]> {
  const answer = await fetch(url, { method: "POST", headers: json, body });
  return [answer.status, await answer.text()];
}

const deep = (call: string, depth: number) => `{"type":"${call}","unknown":${"[".repeat(depth)}${"]".repeat(depth)}}`;

describe.skipIf(engine === undefined)("JSON of all kinds", () => {
  const lay = () => Siege.lay(engine?.socketPath ?? "");

  test("the agent's API: unknown enums leave their fields unset, what then lacks is 400", async () => {
    const siege = await lay();
    const api = `http://${siege.agent.agent}/api/v1`;
    expect(await post(api, '{"type":"FROM_THE_FUTURE"}')).toEqual([400, expect.stringContaining("'type'")]);
    const future = '{"type":"GET_HEALTH","get_containers":{"show_nested":"maybe"}}';
    expect((await post(api, future))[0]).toBe(400);
    const inside = '{"type":"GET_HEALTH","launch_container":{"container_id":{"value":"x"},"container":{"type":"NEW"}}}';
    // ContainerInfo.type is required: without it the call is not whole.
    expect((await post(api, inside))[0]).toBe(400);
    const harmless =
      '{"type":"GET_HEALTH","launch_container":{"container_id":{"value":"x"},"container":{"type":"DOCKER","docker":{"image":"i","network":"NEW"}}}}';
    expect((await post(api, harmless))[0]).toBe(200);
    for (const bad of [
      "{",
      "null",
      "[]",
      '"GET_STATE"',
      '{"type":1e999}',
      '{"type":"GET_STATE","type":{}}',
      "\ud800",
    ]) {
      expect((await post(api, bad))[0], bad).toBe(400);
    }
    for (const depth of [10, 100, 100_000, 1_000_000]) {
      expect([200, 400], String(depth)).toContain((await post(api, deep("GET_HEALTH", depth)))[0]);
    }
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(250);
    expect(await siege.slaves()).toEqual(siege.before);
  });

  test("the scheduler API: a call that is not whole is 400, and the framework goes on", async () => {
    const siege = await lay();
    const { scheduler } = siege;
    const api = `http://${siege.agent.master}/api/v1/scheduler`;
    for (const bad of ["{", "null", "[]", "{}", '{"type":"FROM_THE_FUTURE"}', '{"type":{}}', '{"type":"SUBSCRIBE"}']) {
      expect((await post(api, bad))[0], bad).toBe(400);
    }
    for (const depth of [10, 100, 100_000, 1_000_000]) {
      expect((await post(api, deep("SUBSCRIBE", depth)))[0], String(depth)).toBe(400);
    }
    const offer = await scheduler.offer();
    const accept = (operation: object) => ({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations: [operation], filters: { refuse_seconds: 0 } },
    });
    const task = { ...dockerTask(siege.image, "future", "sleep 1"), agent_id: offer.agent_id };
    const launchOf = (info: object) => ({ type: "LAUNCH", launch: { task_infos: [info] } });
    // Required, so that the call is not whole without it.
    await expect(scheduler.call(accept(launchOf({ ...task, container: { type: "FROM_THE_FUTURE" } })))).rejects.toThrow(
      " 400 ",
    );
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(250);
    expect(await siege.slaves()).toEqual(siege.before);
  });

  test("tasks that cannot be: the framework hears TASK_ERROR of each, and what is left is offered again", async () => {
    const siege = await lay();
    const { scheduler } = siege;
    const plain = (id: string, more: object = {}) => ({ ...dockerTask(siege.image, id, "exec sleep 600"), ...more });
    const scalar = (value: number | string) => [{ name: "cpus", type: "SCALAR", scalar: { value } }];
    const failed: readonly [string, object][] = [
      ["no-resources", plain("no-resources", { resources: [] })],
      ["too-much", plain("too-much", { resources: scalar(100_000) })],
      ["negative", plain("negative", { resources: scalar(-1) })],
      ["no-command", plain("no-command", { command: undefined })],
      ["a/b", plain("a/b")],
      ["witness", plain("witness")],
    ];
    for (const [id, task] of failed) {
      await scheduler.launch(await scheduler.offer(), task);
      await expect(scheduler.status(id, "TASK_RUNNING"), id).rejects.toThrow("TASK_ERROR");
    }
    // Two of one id in one call: the second is an error, the first runs.
    const offer = await scheduler.offer();
    const twice = [plain("twice"), plain("twice")].map((task) => ({ ...task, agent_id: offer.agent_id }));
    await scheduler.call({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations: [{ type: "LAUNCH", launch: { task_infos: twice } }] },
    });
    await expect(scheduler.status("twice", "TASK_RUNNING")).rejects.toThrow("TASK_ERROR");
    await scheduler.status("twice", "TASK_RUNNING");
    await scheduler.call({ type: "KILL", kill: { task_id: { value: "twice" } } });
    await scheduler.status("twice", "TASK_KILLED");
    await expect.poll(async () => (await siege.executors()).length).toBe(1);
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
    expect(await siege.slaves()).toEqual(siege.before);
  });
});
