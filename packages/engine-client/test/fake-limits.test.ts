import { describe, expect, it } from "vitest";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };

describe("calls at once", () => {
  it("are held to the limit of their class, in order, and other classes go on", async () => {
    const { fake, client } = await withFakeEngine({}, { limits: { launch: 2 } });
    const held = fake.fault({ on: "POST /containers/create", nth: "every", action: { kind: "delay" } });
    const names = ["a", "b", "c", "d"];
    const created = names.map((name) => client.containers.create(body, { name }));
    await fake.seen("POST /containers/create", 2);
    // The engine would have seen a third by the time that another call has come and gone.
    await client.images.inspect("busybox:1");
    const seen = () =>
      fake.calls.filter(({ path }) => path === "/containers/create").map(({ query }) => query.get("name"));
    expect(seen()).toEqual(["a", "b"]);
    held.release();
    await Promise.all(created);
    expect(seen()).toEqual(names);
  });

  it("leave the queue with their signal and are never sent", async () => {
    const { fake, client } = await withFakeEngine({}, { limits: { launch: 1 } });
    const held = fake.fault({ on: "POST /containers/create", nth: "every", action: { kind: "delay" } });
    const first = client.containers.create(body, { name: "first" });
    await fake.seen("POST /containers/create");
    const controller = new AbortController();
    const second = client.containers.create(body, { name: "second", signal: controller.signal });
    const third = client.containers.create(body, { name: "third" });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    held.release();
    await Promise.all([first, third]);
    expect(fake.containers.map(({ name }) => name)).toEqual(["first", "third"]);
  });

  it("do not spend their budget in the queue", async () => {
    const { fake, client } = await withFakeEngine({}, { limits: { launch: 1 } });
    const slow = fake.fault({ on: "POST /containers/create", action: { kind: "hang-before-headers" } });
    const first = client.containers.create(body, { name: "first", budgetMs: 400 });
    await slow.struck;
    // By the time that the first has used up its budget, the second has waited longer than its own.
    const second = client.containers.create(body, { name: "second", budgetMs: 300 });
    await expect(first).rejects.toMatchObject({ code: "timeout" });
    expect(await second).toMatchObject({ id: expect.any(String) });
  });

  it("a call that fails gives its slot back", async () => {
    const { fake, client } = await withFakeEngine({}, { limits: { launch: 1 } });
    fake.fault({ on: "POST /containers/create", nth: 1, action: { kind: "reset" } });
    fake.fault({ on: "POST /containers/create", nth: 1, action: { kind: "answer", status: 500, message: "no" } });
    await expect(client.containers.create(body)).rejects.toMatchObject({ code: "unreachable" });
    await expect(client.containers.create(body)).rejects.toMatchObject({ code: "server" });
    expect(await client.containers.create(body)).toMatchObject({ warnings: [] });
  });

  it("slow stops hold back neither other stops, nor removals, nor kills", async () => {
    const { fake, client } = await withFakeEngine({ behaviour: { ignoresSigterm: true } }, { limits: { end: 2 } });
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) {
      await client.containers.create(body, { name });
      await client.containers.start(name);
    }
    const stops = names.map((name) => client.containers.stop(name, { graceSeconds: 3_600 }));
    await fake.seen("POST /containers/*/stop", 2);
    expect(await client.containers.kill("a")).toBe("killed");
    await fake.seen("POST /containers/*/stop", names.length);
    await client.containers.create(body, { name: "other" });
    expect(await client.containers.remove("other")).toBe("removed");
    for (const name of names) fake.container(name).endGrace();
    expect(await Promise.all(stops)).toEqual(names.map(() => "stopped"));
  });

  it("images are removed one by one", async () => {
    const { fake, client } = await withFakeEngine({ images: { "a:1": {}, "b:1": {} } });
    const held = fake.fault({ on: /^DELETE \/images\//, nth: "every", action: { kind: "delay" } });
    const removals = [client.images.remove("a:1"), client.images.remove("b:1")];
    await fake.seen("DELETE /images/a:1");
    await client.ping();
    expect(fake.calls.filter(({ method }) => method === "DELETE")).toHaveLength(1);
    held.release();
    expect(await Promise.all(removals)).toEqual(["removed", "removed"]);
    expect(await client.images.remove("a:1")).toBe("gone");
  });

  it("a ping never waits behind calls that hang", async () => {
    const { fake, client } = await withFakeEngine({}, { limits: { inspect: 1 } });
    await client.containers.create(body, { name: "made" });
    const hung = fake.fault({ on: "GET /containers/*/json", nth: "every", action: { kind: "delay" } });
    const inspects = [client.containers.inspect("made"), client.containers.inspect("made")];
    await hung.struck;
    await client.ping();
    expect(fake.calls.filter(({ path }) => path.endsWith("/json"))).toHaveLength(1);
    hung.release();
    await Promise.all(inspects);
  });
});
