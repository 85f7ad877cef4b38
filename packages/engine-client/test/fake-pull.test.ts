import { describe, expect, it } from "vitest";
import { withFakeEngine } from "./with-fake-engine.ts";

const registry = { "registry.test/app:1": {}, "registry.test/app:latest": {} };

describe("pull", () => {
  it("yields every line, wherever the stream is split", async () => {
    const { client } = await withFakeEngine({ registry, splitBodies: true, seed: 11 });
    const lines = await Array.fromAsync(client.images.pull("registry.test/app:1"));
    expect(lines.map(({ status }) => status)).toContain("Pull complete");
    expect(lines.find(({ status }) => status === "Downloading")).toMatchObject({
      id: "aaaaaaaaaaaa",
      progressDetail: { current: 500, total: 1000 },
    });
    expect(await client.images.inspect("registry.test/app:1")).toMatchObject({ RepoTags: ["registry.test/app:1"] });
  });

  it("never asks for all tags of a repository", async () => {
    const { fake, client } = await withFakeEngine({ registry });
    await Array.fromAsync(client.images.pull("registry.test/app"));
    expect((await fake.seen("POST /images/create")).query.get("tag")).toBe("latest");
  });

  it("sends credentials as the engine wants them, and platform", async () => {
    const { fake, client } = await withFakeEngine({ registry });
    const auth = { username: "me", password: "p?>~ü" };
    await Array.fromAsync(client.images.pull("registry.test/app:1", { auth, platform: "linux/arm64" }));
    const { headers, query } = await fake.seen("POST /images/create");
    // The engine's decoder wants the alphabet of URLs and the padding, and takes anything else for no credentials.
    const sent = String(headers["x-registry-auth"]);
    expect(sent).toMatch(/^[\w-]+={0,2}$/);
    expect(sent.length % 4).toBe(0);
    expect(JSON.parse(Buffer.from(sent, "base64url").toString())).toEqual(auth);
    expect(query.get("platform")).toBe("linux/arm64");
  });

  it("fails with the engine's words when there is nothing to pull", async () => {
    const { client } = await withFakeEngine();
    const pull = Array.fromAsync(client.images.pull("registry.test/absent:1"));
    await expect(pull).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("manifest unknown"),
    });
  });

  it("passes error lines on: they are the reader's to judge", async () => {
    const steps = [
      { status: "Pulling" },
      { error: "no space left on device", errorDetail: { message: "no space left on device" } },
    ];
    const { client } = await withFakeEngine({ registry: { "x:1": { steps } } });
    expect(await Array.fromAsync(client.images.pull("x:1"))).toEqual(steps);
  });

  it.each([1, 40, 150])("cut after %i bytes is unreachable", async (afterBytes) => {
    const { fake, client } = await withFakeEngine({ registry });
    fake.fault({ on: "POST /images/create", action: { kind: "cut", afterBytes } });
    await expect(Array.fromAsync(client.images.pull("registry.test/app:1"))).rejects.toMatchObject({
      code: "unreachable",
    });
  });

  it("that ends in good order within a line is protocol", async () => {
    const { fake, client } = await withFakeEngine({ registry });
    fake.fault({ on: "POST /images/create", action: { kind: "garble", body: '{"status":"Pulling"}\r\n{"sta' } });
    await expect(Array.fromAsync(client.images.pull("registry.test/app:1"))).rejects.toMatchObject({
      code: "protocol",
    });
  });

  it.each(["hang-before-headers", "hang-after-headers"] as const)("%s: ends with the signal", async (kind) => {
    const { fake, client } = await withFakeEngine({ registry });
    const fault = fake.fault({ on: "POST /images/create", action: { kind } });
    const controller = new AbortController();
    const pull = Array.fromAsync(client.images.pull("registry.test/app:1", { signal: controller.signal }));
    await fault.struck;
    controller.abort();
    await expect(pull).rejects.toMatchObject({ code: "aborted" });
  });

  it.each(["hang-before-headers", "hang-after-headers"] as const)("%s: ends when the reader leaves", async (kind) => {
    const { fake, client } = await withFakeEngine({ registry });
    const fault = fake.fault({ on: "POST /images/create", action: { kind } });
    const iterator = client.images.pull("registry.test/app:1")[Symbol.asyncIterator]();
    const next = iterator.next();
    await fault.struck;
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("that the reader leaves early is ended at the engine", async () => {
    const gate = Promise.withResolvers<void>();
    const steps = [{ status: "Pulling" }, () => gate.promise, { status: "Done" }];
    const { fake, client } = await withFakeEngine({ registry: { "x:1": { steps } } });
    for await (const line of client.images.pull("x:1")) {
      expect(line).toEqual({ status: "Pulling" });
      break;
    }
    await client.ping();
    await expect.poll(() => fake.connectionCount).toBe(1);
    gate.resolve();
    await expect(client.images.inspect("x:1")).rejects.toMatchObject({ code: "not-found" });
  });
});
