import { createRequire } from "node:module";
import { findEngine, recordedAnswer } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "../e2e/agent-world.ts";

interface Observable {
  subscribe(next: (value: string) => void, error: (fault: unknown) => void, complete: () => void): void;
}

const { request, stream } = createRequire(import.meta.url)("../fixtures/dcos-mesos-client.cjs") as {
  request: (call: object, url: string) => Observable;
  stream: (call: object, url: string) => Observable;
};

const engine = await findEngine();

/** What the client makes of the answer; rejects with what it takes for an error. */
async function ask(address: string, call: object, prefix = ""): Promise<Record<string, unknown>> {
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    request(call, `http://${address}${prefix}/api/v1`).subscribe((value) => values.push(value), reject, resolve);
  });
  expect(values).toHaveLength(1);
  return JSON.parse(values[0] ?? "") as Record<string, unknown>;
}

const masterCalls = [
  "GET_HEALTH",
  "GET_FLAGS",
  "GET_VERSION",
  "GET_MASTER",
  "GET_AGENTS",
  "GET_FRAMEWORKS",
  "GET_EXECUTORS",
] as const;
const agentCalls = [
  "GET_HEALTH",
  "GET_FLAGS",
  "GET_VERSION",
  "GET_AGENT",
  "GET_LOGGING_LEVEL",
  "GET_CONTAINERS",
  "GET_EXECUTORS",
  "GET_FRAMEWORKS",
] as const;

/** The keys of the answer and of its member, without those that depend on what there is to tell. */
function envelope(answer: object, type: string): readonly (readonly string[])[] {
  const member = (answer as Record<string, object>)[type.toLowerCase()] ?? {};
  return [Object.keys(answer), Object.keys(member).filter((key) => !/^(completed|recovered|orphan)_/.test(key))];
}

describe.skipIf(engine === undefined)("the npm package @dcos/mesos-client, unmodified", () => {
  const socketPath = engine?.socketPath ?? "";

  test("reads master and agent, under either path, while a task runs", async () => {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const { agent, master } = await world.alone();
    const scheduler = await world.framework(master);
    await scheduler.launch(await scheduler.offer(), dockerTask(image, "seen", "exec sleep 600"));
    await scheduler.status("seen", "TASK_RUNNING");
    for (const type of masterCalls) {
      const recorded = recordedAnswer(`master.v1.${type}`).json as object;
      expect(envelope(await ask(master, { type }), type), type).toEqual(envelope(recorded, type));
    }
    for (const type of agentCalls) {
      const recorded = recordedAnswer(`agent.v1.${type}`).json as object;
      for (const prefix of ["", "/slave(1)"]) {
        expect(envelope(await ask(agent, { type }, prefix), type), type).toEqual(envelope(recorded, type));
      }
    }
    const task = { task_id: { value: "seen" }, state: "TASK_RUNNING" };
    expect(await ask(master, { type: "GET_TASKS" })).toMatchObject({ get_tasks: { tasks: [task] } });
    expect(await ask(master, { type: "GET_STATE" })).toMatchObject({ get_state: { get_tasks: { tasks: [task] } } });
    expect(await ask(agent, { type: "GET_TASKS" })).toMatchObject({ get_tasks: { launched_tasks: [task] } });
    expect(await ask(agent, { type: "GET_STATE" })).toMatchObject({
      get_state: { get_tasks: { launched_tasks: [task] } },
    });
  });

  test("what is not served or no call is an error to it, with a status of the original's", async () => {
    const running = await (await agentWorld(socketPath)).alone();
    await running.shows("RUNNING");
    const { agent, master } = running;
    await expect(ask(agent, { type: "NO_SUCH_CALL" })).rejects.toMatchObject({ code: 400 });
    await expect(ask(agent, { type: "PRUNE_IMAGES" })).rejects.toMatchObject({ code: 501 });
    await expect(ask(master, {})).rejects.toMatchObject({ code: 400 });
    // Events of the operator API are none of the local master's.
    const refused = new Promise((resolve, reject) => {
      stream({ type: "SUBSCRIBE" }, `http://${master}/api/v1`).subscribe(resolve, reject, () => resolve("ended"));
    });
    await expect(refused).rejects.toMatchObject({ code: 501 });
  });
});
