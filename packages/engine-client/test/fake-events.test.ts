import { describe, expect, it } from "vitest";
import type { EngineClient } from "@berth/engine-client";
import { withFakeEngine } from "./with-fake-engine.ts";

const body = { Image: "busybox:1" };

/** Reads until the stream fails, and returns the failure. */
async function readUntilLost(client: EngineClient, seen: string[], onConnected = () => {}): Promise<unknown> {
  try {
    for await (const { action } of client.events({ onConnected })) seen.push(action);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("events", () => {
  it("end with unreachable when the engine goes, in good order or not", async () => {
    const { fake, client } = await withFakeEngine();
    const lost = await readUntilLost(client, [], () => fake.dropConnections());
    expect(lost).toMatchObject({ code: "unreachable", call: "GET /events" });
    fake.fault({ on: "GET /events", action: { kind: "answer", status: 200, message: "" } });
    expect(await readUntilLost(client, [])).toMatchObject({ code: "unreachable" });
  });

  it.each([1, 60, 200])("cut after %i bytes: whole events first, then unreachable", async (afterBytes) => {
    const { fake, client } = await withFakeEngine();
    const { id } = await client.containers.create(body);
    fake.fault({ on: "GET /events", action: { kind: "cut", afterBytes } });
    const connected = Promise.withResolvers<void>();
    const seen: string[] = [];
    const lost = readUntilLost(client, seen, connected.resolve);
    await connected.promise;
    await client.containers.start(id);
    expect(await lost).toMatchObject({ code: "unreachable" });
    expect(["start", "die"].slice(0, seen.length)).toEqual(seen);
  });

  it("come as the engine sends them, doubled or not at all", async () => {
    const { fake, client } = await withFakeEngine();
    fake.disturbEvents((event) => (event.action === "start" ? [] : [event, event]));
    const connected = Promise.withResolvers<void>();
    const seen: string[] = [];
    const lost = readUntilLost(client, seen, connected.resolve);
    await connected.promise;
    const { id } = await client.containers.create(body);
    await client.containers.start(id);
    await client.containers.remove(id);
    await fake.seen("DELETE /containers/*");
    fake.dropConnections();
    expect(await lost).toMatchObject({ code: "unreachable" });
    expect(seen).toEqual(["create", "create", "die", "die", "destroy", "destroy"]);
  });

  it("come whole in any pieces, with stamps to the nanosecond", async () => {
    const { fake, client } = await withFakeEngine({ splitBodies: true, seed: 3 });
    await client.containers.create({ ...body, Labels: { odd: '"timeNano":12' } }, { name: "x" });
    for await (const event of client.events({ since: "0.000000001" })) {
      expect(event).toMatchObject({
        type: "container",
        action: "create",
        attributes: { name: "x", odd: '"timeNano":12' },
      });
      expect(event.id).toBe(fake.container("x").id);
      expect(event.timeNano).toBeGreaterThan(BigInt(Date.now() - 3_600_000) * 1_000_000n);
      break;
    }
  });

  it("that are silent are checked with a ping, and go on when it is answered", async () => {
    const { fake, client } = await withFakeEngine({}, { eventSilenceMs: 20 });
    const connected = Promise.withResolvers<void>();
    const seen: string[] = [];
    const lost = readUntilLost(client, seen, connected.resolve);
    await connected.promise;
    // One ping agrees on the version; these ask whether the engine is there.
    await fake.seen("GET /_ping", 4);
    await client.containers.create(body);
    fake.fault({ on: "GET /_ping", nth: "every", action: { kind: "answer", status: 500, message: "going down" } });
    expect(await lost).toMatchObject({ code: "unreachable", message: expect.stringContaining("silent") });
    expect(seen).toEqual(["create"]);
  });

  it("end with the caller's signal, and leave no socket behind when the reader leaves", async () => {
    const { fake, client } = await withFakeEngine();
    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of client.events({ signal: controller.signal, onConnected: () => controller.abort() })) {
        expect.unreachable(event.action);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
    const iterator = client.events()[Symbol.asyncIterator]();
    const next = iterator.next();
    await fake.seen("GET /events", 2);
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("time out when the headers do not come", async () => {
    const { fake, client } = await withFakeEngine({}, { budgets: { events: 30 } });
    fake.fault({ on: "GET /events", action: { kind: "hang-before-headers" } });
    expect(await readUntilLost(client, [])).toMatchObject({ code: "timeout", budgetMs: 30 });
  });
});
