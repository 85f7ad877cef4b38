import { decodeMessage, parseMessage, toMesosJson } from "@berth/proto";
import { Call, Response } from "@berth/proto/v1/agent";
import { recordedAnswer } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgentClient, createMasterClient } from "../src/index.ts";
import { scriptedServer, type SeenRequest } from "./scripted-server.ts";

const operatorCalls = [
  "GET_AGENT",
  "GET_CONTAINERS",
  "GET_EXECUTORS",
  "GET_FLAGS",
  "GET_FRAMEWORKS",
  "GET_HEALTH",
  "GET_LOGGING_LEVEL",
  "GET_VERSION",
  "GET_STATE.trimmed",
  "GET_TASKS.trimmed",
] as const;

function agentClient(agent: string, options: object = {}) {
  const client = createAgentClient({ agent, ...options });
  onTestFinished(() => client.close());
  return client;
}

describe("the agent client", () => {
  it.each(operatorCalls)("reads what a real agent answered to %s", async (name) => {
    const { json } = recordedAnswer(`agent.v1.${name}`);
    const agent = await scriptedServer((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(json)),
    );
    const type = name.split(".")[0] as "GET_AGENT";
    const answer = await agentClient(agent.address, { contentType: "json" }).call({ type });
    expect(answer.type).toBe(type);
    // Every key and value of the recording is there again; unset lists are no matter.
    expect(JSON.parse(toMesosJson(Response, answer, { defaults: "omit" }))).toEqual(withoutEmptyLists(json));
    expect(JSON.parse(agent.seen[0]?.body.toString() ?? "")).toEqual({ type });
  });

  it.each(["json", "protobuf"] as const)("asks in %s, with the headers that an agent demands", async (contentType) => {
    const agent = await scriptedServer((_, response) => response.writeHead(404).end());
    const credential = { principal: "op", secret: "x" };
    const client = agentClient(`http://${agent.address}/slave(1)`, { contentType, credential });
    expect(await client.readFile("/a/stdout", { offset: 7, length: 10 })).toBeUndefined();
    const [asked] = agent.seen as [SeenRequest];
    const media = contentType === "json" ? "application/json" : "application/x-protobuf";
    expect(asked).toMatchObject({
      method: "POST",
      url: "/slave(1)/api/v1",
      headers: { "content-type": media, accept: media, authorization: `Basic ${btoa("op:x")}` },
    });
    const read = contentType === "json" ? parseMessage(Call, asked.body.toString()) : decodeMessage(Call, asked.body);
    expect(read).toEqual({
      ok: true,
      value: { type: "READ_FILE", readFile: { path: "/a/stdout", offset: 7n, length: 10n } },
    });
  });

  it("reads bytes of a file as they are", async () => {
    const agent = await scriptedServer((_, response) => {
      const body = { type: "READ_FILE", read_file: { size: 9, data: Buffer.from([0, 255, 10]).toString("base64") } };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    const read = await agentClient(agent.address).readFile("/f", { offset: 0, length: 3 });
    expect(read).toEqual({ size: 9, data: Uint8Array.of(0, 255, 10) });
  });

  it.each([
    [403, "forbidden", { code: "refused", status: 403, text: "forbidden" }],
    [200, "{}", { code: "malformed" }],
    [200, "<html>", { code: "malformed" }],
  ])("%d %j is told", async (status, body, error) => {
    const agent = await scriptedServer((_, response) =>
      response.writeHead(status, { "content-type": "application/json" }).end(body),
    );
    await expect(agentClient(agent.address).readFile("/f", { offset: 0, length: 1 })).rejects.toMatchObject(error);
  });
});

describe("the master client", () => {
  const masterClient = (master: string) => {
    const client = createMasterClient({ master });
    onTestFinished(() => client.close());
    return client;
  };

  it("reads the state that a real master answered, at the one that leads", async () => {
    const { json } = recordedAnswer("master.state.trimmed");
    const leader = await scriptedServer((_, response) => response.writeHead(200).end(JSON.stringify(json)));
    const other = await scriptedServer((_, response) =>
      response.writeHead(307, { location: `//${leader.address}/state` }).end(),
    );
    const state = await masterClient(other.address).state();
    expect(state).toMatchObject({ pid: "master@127.0.0.1:5050", version: "1.12.0", hostname: "127.0.0.1" });
    expect(state.agents).toEqual([
      expect.objectContaining({ id: `${state.id}-S0`, url: "http://127.0.0.1:5051", active: true }),
    ]);
    const [framework] = state.frameworks;
    expect(framework).toMatchObject({ id: `${state.id}-0043`, name: expect.stringMatching(/./) });
    const [task] = framework?.tasks ?? [];
    expect(task).toMatchObject({
      frameworkId: framework?.id,
      agentId: `${state.id}-S0`,
      state: "TASK_RUNNING",
      resources: { cpus: 0.01, mem: 32 },
      statuses: expect.arrayContaining([
        { state: "TASK_RUNNING", timestamp: expect.any(Number), containerId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ]),
    });
    expect(state.completedFrameworks.length).toBeGreaterThan(0);
  });

  it.each(["{}", "no json", '{"pid":"slave(1)@h:1"}'])("%s is no master's", async (body) => {
    const server = await scriptedServer((_, response) => response.end(body));
    await expect(masterClient(server.address).state()).rejects.toMatchObject({ code: "malformed" });
  });
});

function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, each]) => !(Array.isArray(each) && each.length === 0));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutEmptyLists(each)]));
}
