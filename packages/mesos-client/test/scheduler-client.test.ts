import type { ServerResponse } from "node:http";
import { encodeMessage, encodeRecord } from "@berth/proto";
import { Event } from "@berth/proto/v1/scheduler";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSchedulerClient, type SchedulerClientOptions } from "../src/index.ts";
import { scriptedServer } from "./scripted-server.ts";

const framework = { user: "root", name: "test" };

function subscribed(response: ServerResponse, heartbeatIntervalSeconds = 15): void {
  response.writeHead(200, { "content-type": "application/x-protobuf", "mesos-stream-id": "s-1" });
  send(response, { type: "SUBSCRIBED", subscribed: { frameworkId: { value: "f-1" }, heartbeatIntervalSeconds } });
}

function send(response: ServerResponse, event: Event): void {
  response.write(encodeRecord(encodeMessage(Event, event)));
}

function client(master: string, options: Partial<SchedulerClientOptions> = {}) {
  const made = createSchedulerClient({ master, ...options });
  onTestFinished(() => made.close());
  return made;
}

async function drain(events: AsyncIterable<Event>): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const event of events) seen.push(event.type);
  } catch (error) {
    seen.push((error as { code: string }).code);
  }
  return seen;
}

describe("subscribing", () => {
  it("follows a redirect without a scheme to the master that leads, and calls that one", async () => {
    const leader = await scriptedServer((_, response, count) =>
      count === 1 ? subscribed(response) : response.writeHead(202).end(),
    );
    const other = await scriptedServer((_, response) =>
      response.writeHead(307, { location: `//${leader.address}/api/v1/scheduler` }).end(),
    );
    const credential = { principal: "p", secret: "s:1" };
    const session = await client(other.address, { credential }).subscribe(framework);
    await session.call({ type: "REVIVE" });
    expect(session.masterUrl).toBe(`http://${leader.address}`);
    expect([other.seen.length, leader.seen.length]).toEqual([1, 2]);
    for (const { headers } of [...other.seen, ...leader.seen]) {
      expect(headers.authorization).toBe(`Basic ${Buffer.from("p:s:1").toString("base64")}`);
    }
  });

  it("gives up when masters only redirect to one another", async () => {
    const master = await scriptedServer((request, response) =>
      response.writeHead(307, { location: `//${request.headers.host}` }).end(),
    );
    await expect(client(master.address).subscribe(framework)).rejects.toMatchObject({ code: "not-leader" });
    expect(new Set(master.seen.map(({ url }) => url))).toEqual(new Set(["/api/v1/scheduler"]));
  });

  it.each([
    [503, "No leading master", { code: "refused", status: 503, text: "No leading master" }],
    [401, "", { code: "refused", status: 401, text: "" }],
  ])("%d is told with its text", async (status, text, error) => {
    const master = await scriptedServer((_, response) => response.writeHead(status).end(text));
    await expect(client(master.address).subscribe(framework)).rejects.toMatchObject(error);
  });

  it("an ERROR event in place of SUBSCRIBED is a refusal", async () => {
    const master = await scriptedServer((_, response) => {
      response.writeHead(200, { "content-type": "application/x-protobuf", "mesos-stream-id": "s-1" });
      send(response, { type: "ERROR", error: { message: "Framework has been removed" } });
    });
    await expect(client(master.address).subscribe(framework)).rejects.toMatchObject({
      code: "refused",
      text: "Framework has been removed",
    });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["a page of something else", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>")],
    ["no stream id", (response) => response.writeHead(200, { "content-type": "application/json" }).end()],
    [
      "another event first",
      (response) => {
        response.writeHead(200, { "content-type": "application/x-protobuf", "mesos-stream-id": "s" });
        send(response, { type: "HEARTBEAT" });
      },
    ],
  ])("%s is malformed", async (_, script) => {
    const master = await scriptedServer((__, response) => script(response));
    await expect(client(master.address).subscribe(framework)).rejects.toMatchObject({ code: "malformed" });
  });

  it("nobody there is unreachable, and the caller's signal aborts", async () => {
    await expect(client("127.0.0.1:1").subscribe(framework)).rejects.toMatchObject({ code: "unreachable" });
    const asked = Promise.withResolvers<void>();
    const master = await scriptedServer(() => asked.resolve());
    const aborting = new AbortController();
    const subscribing = client(master.address).subscribe(framework, { signal: aborting.signal });
    await asked.promise;
    aborting.abort();
    await expect(subscribing).rejects.toMatchObject({ code: "aborted" });
  });

  it("a server that never answers is unreachable when its time is up", async () => {
    const master = await scriptedServer(() => undefined);
    const options = { answerTimeoutMs: 1100 }; // undici's timers tick by the second
    await expect(client(master.address, options).subscribe(framework)).rejects.toMatchObject({ code: "unreachable" });
  });

  it.each(["", "ftp://h:1", "http://u:p@h:5050", "a b:1"])("%j is no address", (master) => {
    expect(() => createSchedulerClient({ master })).toThrow(expect.objectContaining({ code: "invalid-address" }));
  });
});

describe("the stream of events", () => {
  it("is broken after five heartbeats of silence, and not before", async () => {
    const master = await scriptedServer((_, response) => {
      subscribed(response, 0.02);
      setTimeout(() => send(response, { type: "HEARTBEAT" }), 60);
    });
    const session = await client(master.address).subscribe(framework);
    expect(await drain(session.events)).toEqual(["HEARTBEAT", "stream-broken"]);
  });

  it("is not broken by a reader that takes longer than that", async () => {
    const master = await scriptedServer((_, response) => {
      subscribed(response, 0.01);
      send(response, { type: "HEARTBEAT" });
      send(response, { type: "HEARTBEAT" });
      response.end();
    });
    const session = await client(master.address).subscribe(framework);
    let count = 0;
    for await (const _ of session.events) {
      count++;
      await new Promise((resolve) => setTimeout(resolve, 120)); // longer than five heartbeats: time itself is the matter here
    }
    expect(count).toBe(2);
  });

  it.each<[string, (response: ServerResponse) => void, readonly string[]]>([
    ["ends", (response) => response.end(), ["HEARTBEAT"]],
    ["is cut", (response) => response.destroy(), ["HEARTBEAT", "stream-broken"]],
    ["ends within a record", (response) => response.end("99\nab"), ["HEARTBEAT", "stream-broken"]],
    ["holds what is no event", (response) => response.end("3\nabc"), ["HEARTBEAT", "malformed"]],
    ["holds what is no record", (response) => response.end("abc\n"), ["HEARTBEAT", "stream-broken"]],
  ])("that %s", async (_, finish, seen) => {
    const master = await scriptedServer((__, response) => {
      subscribed(response);
      response.write(encodeRecord(encodeMessage(Event, { type: "HEARTBEAT" })), () => setImmediate(finish, response));
    });
    const session = await client(master.address).subscribe(framework);
    expect(await drain(session.events)).toEqual(seen);
  });

  it("just ends when the session is closed, and the master sees it go", async () => {
    const gone = Promise.withResolvers<void>();
    const master = await scriptedServer((_, response) => {
      response.on("close", () => gone.resolve());
      subscribed(response);
    });
    const session = await client(master.address).subscribe(framework);
    const seen = drain(session.events);
    await session.close();
    expect(await seen).toEqual([]);
    await gone.promise;
    await expect(session.call({ type: "REVIVE" })).rejects.toMatchObject({ code: "aborted" });
  });
});

it("a signal ends the attempt, not the session that came of it", async () => {
  const master = await scriptedServer((_, response, count) =>
    count === 1 ? subscribed(response) : response.writeHead(202).end(),
  );
  const aborting = new AbortController();
  const session = await client(master.address).subscribe(framework, { signal: aborting.signal });
  aborting.abort();
  await session.call({ type: "REVIVE" });
  expect(master.seen.length).toBe(2);
  await expect(client(master.address).subscribe(framework, { signal: aborting.signal })).rejects.toMatchObject({
    code: "aborted",
  });
});

describe("calls", () => {
  it("go out in order, one at a time, and a refusal is its own call's only", async () => {
    let open = 0;
    const master = await scriptedServer((_, response, count) => {
      if (count === 1) return subscribed(response);
      expect(++open).toBe(1);
      setImmediate(() => {
        open--;
        response.writeHead(count === 3 ? 400 : 202).end(count === 3 ? "no such task" : "");
      });
    });
    const session = await client(master.address, { contentType: "protobuf" }).subscribe(framework);
    const ids = ["a", "b", "c", "d"];
    const ends = await Promise.allSettled(
      ids.map((value) => session.call({ type: "KILL", kill: { taskId: { value } } })),
    );
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(ends[1]).toMatchObject({ reason: { code: "refused", status: 400, text: "no such task" } });
    expect(master.seen.slice(1).map(({ body }) => body.subarray(-1).toString())).toEqual(ids);
  });

  it("that lack a required field are refused here", async () => {
    const master = await scriptedServer((_, response) => subscribed(response));
    const session = await client(master.address).subscribe(framework);
    await expect(session.call({ type: "KILL", kill: {} })).rejects.toMatchObject({ code: "invalid-message" });
  });
});
