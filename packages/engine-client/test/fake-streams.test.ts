import { once } from "node:events";
import type { Readable } from "node:stream";
import { outputFrame } from "@berth/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };
const hello = [{ stream: "stdout", data: "hello\n" }] as const;

async function bytesOf(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[]);
}

describe("wait", () => {
  it("that loses its connection is unreachable, not an exit", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    const wait = client.containers.wait(id, { onWaiting: () => fake.dropConnections() });
    await expect(wait).rejects.toMatchObject({ code: "unreachable" });
    expect(fake.container(id).running).toBe(true);
  });

  it.each([1, 10])("cut after %i bytes of its answer is unreachable", async (afterBytes) => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    fake.fault({ on: "POST /containers/*/wait", action: { kind: "cut", afterBytes } });
    await expect(client.containers.wait(id)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("that ends in good order without a result is unreachable", async () => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    fake.fault({ on: "POST /containers/*/wait", action: { kind: "garble", body: "" } });
    await expect(client.containers.wait(id)).rejects.toMatchObject({ code: "unreachable" });
  });

  it("says when the engine could not wait properly", async () => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    const lie = () => ({ StatusCode: 125, Error: { Message: "lost the process" } });
    fake.fault({ on: "POST /containers/*/wait", action: { kind: "rewrite", body: lie } });
    expect(await client.containers.wait(id)).toEqual({ exitCode: 125, error: "lost the process" });
  });

  it("has a budget until the engine has accepted it, and none from then on", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} }, { budgets: { wait: 30 } });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    fake.fault({ on: "POST /containers/*/wait", nth: 1, action: { kind: "hang-before-headers" } });
    await expect(client.containers.wait(id)).rejects.toMatchObject({ code: "timeout" });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const waiting = Promise.withResolvers<void>();
    const wait = client.containers.wait(id, { onWaiting: waiting.resolve });
    await waiting.promise;
    vi.advanceTimersByTime(3_600_000);
    fake.container(id).exit(3);
    expect(await wait).toMatchObject({ exitCode: 3 });
  });
});

describe("attach", () => {
  it("gets the bytes that come in one packet with the switch", async () => {
    const { client } = await withFakeEngine({ behaviour: { output: hello } });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    const stream = await client.containers.attach(id, { logs: true });
    await once(stream, "readable");
    expect(stream.read()).toEqual(outputFrame("stdout", "hello\n"));
  });

  it("times out when the engine does not switch", async () => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    fake.fault({ on: "POST /containers/*/attach", action: { kind: "hang-before-headers" } });
    await expect(client.containers.attach(id, { budgetMs: 30 })).rejects.toMatchObject({
      code: "timeout",
      budgetMs: 30,
    });
  });

  it("has no budget after the switch", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} }, { budgets: { attach: 200, inspect: 300 } });
    const { id } = await client.containers.create(body);
    const stream = await client.containers.attach(id);
    await client.containers.start(id);
    // A call that takes longer than the attach was given stands in for the passing of time.
    fake.fault({ on: "GET /containers/*/json", action: { kind: "hang-before-headers" } });
    await expect(client.containers.inspect(id)).rejects.toMatchObject({ code: "timeout" });
    fake.container(id).write("stdout", "still there");
    fake.container(id).exit(0);
    expect(await bytesOf(stream)).toEqual(outputFrame("stdout", "still there"));
  });

  it.each([1, 5, 10])("cut after %i bytes ends with these", async (afterBytes) => {
    const { fake, client } = await withFakeEngine({ behaviour: { output: hello } });
    const { id } = await client.containers.create(body);
    fake.fault({ on: "POST /containers/*/attach", action: { kind: "cut", afterBytes } });
    const stream = await client.containers.attach(id);
    const all = bytesOf(stream);
    await client.containers.start(id);
    expect(await all).toEqual(outputFrame("stdout", "hello\n").subarray(0, afterBytes));
  });

  it("to a paused container is a conflict in the engine's words", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    await client.containers.pause(id);
    await expect(client.containers.attach(id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is paused"),
    });
    expect(fake.container(id).state.status).toBe("paused");
  });
});

describe("logs", () => {
  it("that are cut end with an error, never in good order", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: { output: hello } });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    fake.fault({ on: "GET /containers/*/logs", action: { kind: "cut", afterBytes: 10 } });
    await expect(bytesOf(await client.containers.logs(id, {}))).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("end with the caller's signal", async () => {
    const { client } = await withFakeEngine({ behaviour: {} });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    const controller = new AbortController();
    const all = bytesOf(await client.containers.logs(id, { follow: true }, { signal: controller.signal }));
    controller.abort();
    await expect(all).rejects.toMatchObject({ code: "aborted" });
  });
});
