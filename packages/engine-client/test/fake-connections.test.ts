import { describe, expect, it } from "vitest";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };

describe.each(["unix", "tcp"] as const)("a connection that breaks (%s)", (listen) => {
  it.each(["reset", "reset-after-effect"] as const)(
    "%s: a create is unreachable and never sent twice",
    async (kind) => {
      const { fake, client } = await withFakeEngine({ listen });
      // On a kept socket and on a new one alike.
      await client.ping();
      fake.fault({ on: "POST /containers/create", nth: "every", action: { kind } });
      await expect(client.containers.create(body)).rejects.toMatchObject({ code: "unreachable" });
      expect(fake.calls.filter(({ path }) => path === "/containers/create")).toHaveLength(1);
      expect(fake.containers).toHaveLength(kind === "reset" ? 0 : 1);
    },
  );

  it("a GET on a kept socket that was closed goes out once more", async () => {
    const { fake, client } = await withFakeEngine({ listen });
    await client.containers.create(body, { name: "made" });
    fake.fault({ on: "GET /containers/*/json", nth: 1, action: { kind: "reset" } });
    expect((await client.containers.inspect("made")).inspect.Name).toBe("/made");
    expect(fake.calls.filter(({ path }) => path === "/containers/made/json")).toHaveLength(2);
  });

  it("a GET is not sent a third time", async () => {
    const { fake, client } = await withFakeEngine({ listen });
    await client.containers.create(body, { name: "made" });
    fake.fault({ on: "GET /containers/*/json", nth: "every", action: { kind: "reset" } });
    await expect(client.containers.inspect("made")).rejects.toMatchObject({ code: "unreachable" });
    expect(fake.calls.filter(({ path }) => path === "/containers/made/json")).toHaveLength(2);
  });

  it.each([0, 1, 200])("an inspect cut after %i bytes is unreachable", async (afterBytes) => {
    const { fake, client } = await withFakeEngine({ listen });
    await client.containers.create(body, { name: "made" });
    fake.fault({ on: "GET /containers/*/json", nth: "every", action: { kind: "cut", afterBytes } });
    await expect(client.containers.inspect("made")).rejects.toMatchObject({ code: "unreachable" });
  });
});

describe("the sockets", () => {
  it("are kept for short calls and never shared with streams", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} });
    const { id } = await client.containers.create(body);
    expect(fake.connectionCount).toBe(1);
    const stream = await client.containers.attach(id);
    const waiting = Promise.withResolvers<void>();
    const exit = client.containers.wait(id, { condition: "next-exit", onWaiting: waiting.resolve });
    await waiting.promise;
    await client.containers.start(id);
    expect(fake.connectionCount).toBe(3);
    await client.containers.kill(id);
    await exit;
    await stream.resume().toArray();
    await client.ping();
    expect((await fake.seen("GET /_ping", 2)).headers["connection"]).toBe("keep-alive");
    expect((await fake.seen("POST /containers/*/wait")).headers["connection"]).toBe("close");
  });

  it("end with close, as do the streams, and nothing works afterwards", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: {} });
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    const waiting = Promise.withResolvers<void>();
    const wait = client.containers.wait(id, { onWaiting: waiting.resolve });
    await waiting.promise;
    await client.close();
    await expect(wait).rejects.toMatchObject({ code: "aborted", message: expect.stringContaining("closed") });
    await expect(client.ping()).rejects.toMatchObject({ code: "aborted" });
    expect(fake.container(id).running).toBe(true);
  });
});
