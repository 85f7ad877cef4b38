import { ensureTestImage, findEngine, pushImage, startRegistry } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { withRealEngine } from "./with-real-engine.ts";

const engine = await findEngine();
/** `htpasswd -nbB berth secret` */
const users = { berth: "$2b$05$VqZ9NDv4HJiL1ws2fweD6uSoBz4qAMW/0vO7KbhGx5OZ6EpcZMv.6" };

describe.skipIf(engine === undefined)("images on the real engine", () => {
  async function setUp(options: Parameters<typeof startRegistry>[0] = {}) {
    const real = await withRealEngine(engine!);
    const registry = await startRegistry(options);
    onTestFinished(() => registry.stop());
    const auth = options.users === undefined ? undefined : { username: "berth", password: "secret" };
    const ref = await pushImage(
      engine!.socketPath,
      real.image,
      registry.host,
      "berth-test-engine-client/app",
      "1",
      auth,
    );
    onTestFinished(async () => {
      const { client } = await withRealEngine(engine!);
      await client.images.remove(ref, { force: true });
    });
    return { ...real, registry, ref };
  }

  it("pulls, inspects, tags and removes", async () => {
    const { client, ref, registry } = await setUp();
    const lines = await Array.fromAsync(client.images.pull(ref));
    expect(lines.at(-1)?.status).toMatch(/^Status: /);
    const pulled = await client.images.inspect(ref);
    expect(pulled).toMatchObject({ Os: "linux", RepoTags: expect.arrayContaining([ref]) });
    await client.images.tag(ref, `${registry.host}/berth-test-engine-client/other`, "2");
    const other = `${registry.host}/berth-test-engine-client/other:2`;
    expect((await client.images.inspect(other)).Id).toBe(pulled.Id);
    expect(await client.images.remove(other, { noPrune: true })).toBe("removed");
    expect(await client.images.remove(other)).toBe("gone");
  });

  it("pulls by digest", async () => {
    const { client, ref } = await setUp();
    await Array.fromAsync(client.images.pull(ref));
    const repository = ref.slice(0, ref.lastIndexOf(":"));
    const digests = (await client.images.inspect(ref)).RepoDigests ?? [];
    const byDigest = digests.find((digest) => digest.startsWith(`${repository}@sha256:`)) ?? "";
    await client.images.remove(ref, { force: true });
    const lines = await Array.fromAsync(client.images.pull(byDigest));
    expect(lines.some(({ error }) => error !== undefined)).toBe(false);
    expect((await client.images.inspect(byDigest)).RepoDigests).toContain(byDigest);
    await client.images.remove(byDigest, { force: true });
  });

  it("pulls with the right password only", async () => {
    const { client, ref } = await setUp({ users });
    await client.images.remove(ref, { force: true });
    const pull = (password: string) =>
      Array.fromAsync(client.images.pull(ref, { auth: { username: "berth", password } }));
    await expect(pull("wrong")).rejects.toMatchObject({ code: expect.stringMatching(/server|unauthorized|not-found/) });
    await expect(pull("wrong")).rejects.toSatisfy((error: Error) => !error.message.includes("wrong"));
    expect((await pull("secret")).at(-1)?.status).toMatch(/^Status: /);
  });

  it("tells an absent tag and an absent registry apart from a lost engine", async () => {
    const { client, registry } = await setUp();
    const absent = Array.fromAsync(client.images.pull(`${registry.host}/berth-test-engine-client/app:none`));
    await expect(absent).rejects.toMatchObject({ code: "not-found" });
    await registry.stop();
    const unreachable = Array.fromAsync(client.images.pull(`${registry.host}/berth-test-engine-client/app:1`));
    await expect(unreachable).rejects.toMatchObject({ code: "server", message: expect.stringContaining("refused") });
  });

  it("a pull that the reader leaves is cancelled at the engine", async () => {
    const { client, registry } = await setUp();
    const big = await ensureTestImage(engine!.socketPath, {
      ref: "berth-test-engine-client/big:1",
      files: { "/blob": Buffer.alloc(1024 * 1024, registry.host) },
    });
    onTestFinished(async () => void (await (await withRealEngine(engine!)).client.images.remove(big, { force: true })));
    const ref = await pushImage(engine!.socketPath, big, registry.host, "berth-test-engine-client/big", "1");
    await client.images.remove(big, { force: true });
    const held = Promise.withResolvers<void>();
    registry.intercept = (request, response) => {
      if (request.method !== "GET" || !request.url?.includes("/blobs/")) return false;
      response.writeHead(200, { "content-length": "1000000" });
      response.write("half");
      held.resolve();
      return true;
    };
    const iterator = client.images.pull(ref)[Symbol.asyncIterator]();
    await iterator.next();
    await held.promise;
    await iterator.return?.();
    registry.intercept = undefined;
    // The engine has one transfer for all pulls of a layer: were the first still going, this one would hang on it.
    const lines = await Array.fromAsync(client.images.pull(ref));
    expect(lines.at(-1)?.status).toMatch(/^Status: Downloaded newer image/);
    await client.images.remove(ref, { force: true });
  });
});
