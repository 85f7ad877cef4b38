import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { apiAtLeast } from "@berth/engine-client";
import { withRealEngine } from "./with-real-engine.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("containers on the real engine", () => {
  const setUp = () => withRealEngine(engine!);

  it("says what it is and agrees on a version", async () => {
    const { client } = await setUp();
    await client.ping();
    const version = await client.version();
    expect(version).toMatchObject({ os: "linux", version: expect.stringMatching(/^\d+\.\d+/) });
    const agreed = await client.negotiatedApiVersion();
    expect(apiAtLeast(agreed, "1.41") && apiAtLeast("1.51", agreed) && apiAtLeast(version.apiVersion, agreed)).toBe(
      true,
    );
    expect(await client.info()).toMatchObject({ OSType: "linux" });
  });

  it("lives from create to removal", async () => {
    const { client, create, image } = await setUp();
    const id = await create("life", { Cmd: ["sh", "-c", "exit 7"], Labels: { "berth.test": "engine-client-life" } });
    const waiting = Promise.withResolvers<void>();
    const exit = client.containers.wait(id, { condition: "next-exit", onWaiting: waiting.resolve });
    await waiting.promise;
    expect(await client.containers.start(id)).toBe("started");
    expect(await exit).toEqual({ exitCode: 7, error: undefined });
    const { inspect, rawJson } = await client.containers.inspect(id);
    expect(inspect.State).toMatchObject({ Status: "exited", ExitCode: 7, OOMKilled: false });
    expect(JSON.parse(rawJson)).toEqual(inspect);
    const filters = { label: ["berth.test=engine-client-life"] };
    expect(await client.containers.list({ filters })).toEqual([]);
    expect(await client.containers.list({ all: true, filters })).toMatchObject([
      { Id: id, Image: image, State: "exited" },
    ]);
    expect(await client.containers.remove(id, { volumes: true })).toBe("removed");
    expect(await client.containers.remove(id)).toBe("gone");
    await expect(client.containers.inspect(id)).rejects.toMatchObject({
      code: "not-found",
      statusCode: 404,
      message: `GET /containers/${id}/json: No such container: ${id}`,
    });
  });

  it("says already, not-running and conflict where the engine does", async () => {
    const { client, create, image } = await setUp();
    const id = await create("running", { Cmd: ["sleep", "600"] });
    expect(await client.containers.stop(id, { graceSeconds: 0 })).toBe("already");
    expect(await client.containers.kill(id)).toBe("not-running");
    await client.containers.start(id);
    expect(await client.containers.start(id)).toBe("already");
    await expect(client.containers.remove(id)).rejects.toMatchObject({ code: "conflict", statusCode: 409 });
    const twice = client.containers.create(
      { Image: image, Cmd: ["true"] },
      { name: "berth-test-engine-client-running" },
    );
    await expect(twice).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is already in use"),
    });
    expect(await client.containers.kill(id, { killSignal: "SIGUSR1" })).toBe("killed");
    expect(await client.containers.stop(id, { graceSeconds: 0.5 })).toBe("stopped");
    expect(await client.containers.wait(id)).toMatchObject({ exitCode: expect.any(Number) });
  });

  it("fails with the engine's words for an image, a command and a request that are wrong", async () => {
    const { client, create, image } = await setUp();
    const absent = client.containers.create({ Image: "berth-test-engine-client/absent:1", Cmd: ["true"] });
    await expect(absent).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("No such image"),
    });
    const bad = client.containers.create({ Image: image, Cmd: ["true"], HostConfig: { Memory: 1 } });
    await expect(bad).rejects.toMatchObject({ code: "bad-request", statusCode: 400 });
    const id = await create("no-command", { Cmd: ["/no/such/command"] });
    await expect(client.containers.start(id)).rejects.toSatisfy(
      (error: Error) => error.message.includes("/no/such/command") && error.message.includes("no such file"),
    );
  });

  it("updates, pauses and unpauses", async () => {
    const { client, create } = await setUp();
    const id = await create("update", { Cmd: ["sleep", "600"], HostConfig: { CpuShares: 512 } });
    await client.containers.start(id);
    await client.containers.update(id, { CpuShares: 256 });
    expect((await client.containers.inspect(id)).inspect.HostConfig.CpuShares).toBe(256);
    await client.containers.pause(id);
    await expect(client.containers.pause(id)).rejects.toMatchObject({ code: "conflict" });
    await client.containers.unpause(id);
    expect((await client.containers.inspect(id)).inspect.State.Status).toBe("running");
  });

  it("waits for the removal when asked to", async () => {
    const { client, create } = await setUp();
    const id = await create("removed", { Cmd: ["sleep", "600"] });
    await client.containers.start(id);
    const waiting = Promise.withResolvers<void>();
    const removal = client.containers.wait(id, { condition: "removed", onWaiting: waiting.resolve });
    await waiting.promise;
    expect(await client.containers.remove(id, { force: true })).toBe("removed");
    expect(await removal).toMatchObject({ exitCode: 137 });
  });

  it("finds nothing to wait for or attach to where there is no container", async () => {
    const { client } = await setUp();
    const onWaiting = () => expect.unreachable("the wait was refused");
    await expect(client.containers.wait("berth-test-none", { onWaiting })).rejects.toMatchObject({ code: "not-found" });
    await expect(client.containers.attach("berth-test-none")).rejects.toMatchObject({ code: "not-found" });
    await expect(client.containers.logs("berth-test-none", {})).rejects.toMatchObject({ code: "not-found" });
  });

  it.each(["", "..", "."])("takes %j for no name", async (name) => {
    const { client } = await setUp();
    await expect(client.containers.inspect(name)).rejects.toMatchObject({ code: "bad-request" });
  });
});
