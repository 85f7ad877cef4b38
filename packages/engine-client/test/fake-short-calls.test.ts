import { describe, expect, it } from "vitest";
import type { EngineClient } from "@berth/engine-client";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };

describe("a call whose answer does not come", () => {
  it.each(["hang-before-headers", "hang-after-headers"] as const)("%s: times out and says so", async (kind) => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    const fault = fake.fault({ on: "GET /containers/*/json", action: { kind } });
    await expect(client.containers.inspect(id, { budgetMs: 50 })).rejects.toMatchObject({
      code: "timeout",
      call: `GET /containers/${id}/json`,
      budgetMs: 50,
      message: expect.stringMatching(/GET \/containers\/\w+\/json: .*within 50 ms/),
    });
    await fault.struck;
    // The next goes through: the socket of the first is not used again.
    expect((await client.containers.inspect(id)).inspect.Id).toBe(id);
  });

  it("takes the budget from the table", async () => {
    const { fake, client } = await withFakeEngine({}, { budgets: { create: 40, ping: 30 } });
    fake.fault({ on: "POST /containers/create", action: { kind: "hang-before-headers" } });
    await expect(client.containers.create(body)).rejects.toMatchObject({ code: "timeout", budgetMs: 40 });
    fake.fault({ on: "GET /_ping", action: { kind: "hang-before-headers" } });
    await expect(client.ping()).rejects.toMatchObject({ code: "timeout", budgetMs: 30 });
  });

  it("gives a stop its grace period on top", async () => {
    const { fake, client } = await withFakeEngine(
      { behaviour: { ignoresSigterm: true } },
      { budgets: { stopMargin: 20 } },
    );
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    fake.fault({ on: "POST /containers/*/stop", nth: "every", action: { kind: "hang-after-effect" } });
    const stop = client.containers.stop(id, { graceSeconds: 0.001 });
    await expect(stop).rejects.toMatchObject({ code: "timeout", budgetMs: 1020 });
  });

  it("may have had its effect: a create that times out and happened", async () => {
    const { fake, client } = await withFakeEngine();
    fake.fault({ on: "POST /containers/create", action: { kind: "hang-after-effect" } });
    const create = client.containers.create(body, { name: "late", budgetMs: 50 });
    await expect(create).rejects.toMatchObject({ code: "timeout" });
    expect((await client.containers.inspect("late")).inspect.Name).toBe("/late");
    expect(fake.calls.filter(({ path }) => path === "/containers/create")).toHaveLength(1);
  });

  it("ends at once with the caller's signal", async () => {
    const { fake, client } = await withFakeEngine();
    const fault = fake.fault({ on: "POST /containers/create", action: { kind: "hang-before-headers" } });
    const controller = new AbortController();
    const create = client.containers.create(body, { signal: controller.signal });
    await fault.struck;
    const reason = new Error("the task was killed");
    controller.abort(reason);
    await expect(create).rejects.toMatchObject({ code: "aborted", call: "POST /containers/create", cause: reason });
  });

  it("is not even sent when the signal has aborted before", async () => {
    const { fake, client } = await withFakeEngine();
    const create = client.containers.create(body, { signal: AbortSignal.abort() });
    await expect(create).rejects.toMatchObject({ code: "aborted" });
    expect(fake.calls).toEqual([]);
  });
});

describe("an answer that is wrong", () => {
  const calls: [string, string, (client: EngineClient) => Promise<unknown>][] = [
    ["create", "POST /containers/create", (client) => client.containers.create(body)],
    ["start", "POST /containers/*/start", (client) => client.containers.start("made")],
    ["inspect", "GET /containers/*/json", (client) => client.containers.inspect("made")],
    ["stop", "POST /containers/*/stop", (client) => client.containers.stop("made", { graceSeconds: 1 })],
    ["kill", "POST /containers/*/kill", (client) => client.containers.kill("made")],
    ["remove", "DELETE /containers/*", (client) => client.containers.remove("made")],
    ["wait", "POST /containers/*/wait", (client) => client.containers.wait("made")],
    ["attach", "POST /containers/*/attach", (client) => client.containers.attach("made")],
    ["logs", "GET /containers/*/logs", (client) => client.containers.logs("made", {})],
    ["images.inspect", "GET /images/*/json", (client) => client.images.inspect("busybox:1")],
    ["images.remove", "DELETE /images/*", (client) => client.images.remove("busybox:1")],
  ];
  const message = 'driver "overlay2" failed: device or resource busy';

  it.each(calls)("500 for %s: server, in the engine's words, and not sent twice", async (_name, on, call) => {
    const { fake, client } = await withFakeEngine();
    await client.containers.create(body, { name: "made" });
    const before = fake.calls.length;
    const fault = fake.fault({ on, nth: "every", action: { kind: "answer", status: 500, message } });
    await expect(call(client)).rejects.toMatchObject({
      code: "server",
      statusCode: 500,
      message: expect.stringContaining(message),
    });
    await fault.struck;
    expect(fake.calls.length - before).toBe(1);
  });

  it.each([
    [400, "bad-request"],
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "not-found"],
    [409, "conflict"],
    [418, "bad-request"],
    [503, "server"],
    [302, "protocol"],
    [206, "protocol"],
  ])("%i means %s", async (status, code) => {
    const { fake, client } = await withFakeEngine();
    fake.fault({ on: "GET /images/*/json", action: { kind: "answer", status, message: "so it is" } });
    await expect(client.images.inspect("busybox:1")).rejects.toMatchObject({
      code,
      statusCode: status,
      message: "GET /images/busybox:1/json: so it is",
    });
  });

  it("409 on a removal under way is in-progress, on a kill otherwise a conflict", async () => {
    const { fake, client } = await withFakeEngine();
    await client.containers.create(body, { name: "made" });
    const progress = "removal of container made is already in progress";
    fake.fault({ on: "DELETE /containers/*", action: { kind: "answer", status: 409, message: progress } });
    expect(await client.containers.remove("made", { force: true })).toBe("in-progress");
    fake.fault({
      on: "POST /containers/*/kill",
      action: { kind: "answer", status: 409, message: "Container is restarting" },
    });
    await expect(client.containers.kill("made")).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["no JSON", "<html>not an engine</html>"],
    ["no object", "[]"],
    ["no container", "{}"],
    ["nothing", ""],
  ])("%s where a container should be: protocol", async (_what, garbled) => {
    const { fake, client } = await withFakeEngine();
    await client.containers.create(body, { name: "made" });
    fake.fault({ on: "GET /containers/*/json", action: { kind: "garble", body: garbled } });
    await expect(client.containers.inspect("made")).rejects.toMatchObject({ code: "protocol" });
  });

  it("comes in any number of pieces", async () => {
    const { client } = await withFakeEngine({ splitBodies: true, seed: 7 });
    await client.containers.create({ ...body, Labels: { text: "ü".repeat(5_000) } }, { name: "made" });
    const { inspect, rawJson } = await client.containers.inspect("made");
    expect(inspect.Config.Labels?.["text"]).toBe("ü".repeat(5_000));
    expect(JSON.parse(rawJson)).toEqual(inspect);
  });
});
