import { describe, expect, it } from "vitest";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };

describe("the API version", () => {
  it.each([
    { apiVersion: "1.41", minApiVersion: "1.12", agreed: "1.41" },
    { apiVersion: "1.47", minApiVersion: "1.24", agreed: "1.47" },
    { apiVersion: "1.51", minApiVersion: "1.24", agreed: "1.51" },
    { apiVersion: "1.60", minApiVersion: "1.44", agreed: "1.51" },
  ])("with an engine of $apiVersion: $agreed, asked once", async ({ agreed, ...versions }) => {
    const { fake, client } = await withFakeEngine(versions);
    await Promise.all([client.containers.create(body), client.images.inspect("busybox:1"), client.info()]);
    expect(await client.negotiatedApiVersion()).toBe(agreed);
    expect(fake.calls.filter(({ path }) => path === "/_ping")).toHaveLength(1);
    const others = fake.calls.filter(({ path }) => !["/_ping", "/version"].includes(path));
    expect(others.map((call) => call.apiVersion)).toEqual([agreed, agreed, agreed]);
  });

  it.each([
    ["too old", { apiVersion: "1.40" }, "upgrade the engine"],
    ["too new", { apiVersion: "1.60", minApiVersion: "1.52" }, "upgrade Berth"],
  ])("of an engine that is %s: unsupported, with what to do", async (_what, versions, advice) => {
    const { client } = await withFakeEngine(versions);
    await expect(client.containers.create(body)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(advice),
    });
    // It can still be asked what it is.
    expect(await client.version()).toMatchObject(versions);
  });

  it("is asked for again after a failure", async () => {
    const { fake, client } = await withFakeEngine();
    fake.fault({ on: "GET /_ping", action: { kind: "answer", status: 500, message: "starting" } });
    await expect(client.containers.create(body)).rejects.toMatchObject({ code: "server" });
    expect(await client.containers.create(body)).toMatchObject({ warnings: [] });
  });

  it("waits for one caller as long as that caller does", async () => {
    const { fake, client } = await withFakeEngine();
    const slow = fake.fault({ on: "GET /_ping", action: { kind: "delay" } });
    const controller = new AbortController();
    const impatient = client.containers.create(body, { name: "impatient", signal: controller.signal });
    const patient = client.containers.create(body, { name: "patient" });
    await slow.struck;
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: "aborted", call: "POST /containers/create" });
    slow.release();
    await patient;
    expect(fake.containers.map(({ name }) => name)).toEqual(["patient"]);
  });

  it("is agreed anew when the engine was exchanged for an older one", async () => {
    const { fake, client } = await withFakeEngine({ apiVersion: "1.51" });
    await client.negotiatedApiVersion();
    const message = "client version 1.51 is too new. Maximum supported API version is 1.41";
    fake.fault({ on: "POST /containers/create", nth: 1, action: { kind: "answer", status: 400, message } });
    await client.containers.create(body);
    expect(fake.calls.filter(({ path }) => path === "/_ping")).toHaveLength(2);
    expect(fake.containers).toHaveLength(1);
    fake.fault({ on: "POST /containers/create", nth: "every", action: { kind: "answer", status: 400, message } });
    await expect(client.containers.create(body)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("decides what a stop can carry", async () => {
    const old = await withFakeEngine({ behaviour: {} });
    await old.client.containers.create(body, { name: "x" });
    const stop = { graceSeconds: 1, killSignal: "SIGINT" };
    await expect(old.client.containers.stop("x", stop)).rejects.toMatchObject({ code: "unsupported" });
    const recent = await withFakeEngine({ apiVersion: "1.42", behaviour: {} });
    await recent.client.containers.create(body, { name: "x" });
    expect(await recent.client.containers.stop("x", stop)).toBe("already");
    expect((await recent.fake.seen("POST /containers/*/stop")).query.get("signal")).toBe("SIGINT");
  });

  it("of something that is no engine: protocol", async () => {
    const { fake, client } = await withFakeEngine({ apiVersion: "latest" });
    await expect(client.info()).rejects.toMatchObject({
      code: "protocol",
      message: expect.stringContaining("not as a Docker engine"),
    });
    expect(fake.calls.map(({ path }) => path)).toEqual(["/_ping"]);
  });
});
