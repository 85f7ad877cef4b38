import { once } from "node:events";
import { ensureTestImage, findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEngineClient, endpointFromEnvironment, type EngineClient } from "@berth/engine-client";
import { listenInFront, makeAuthority } from "./tls-proxy.ts";

const engine = await findEngine();

async function clientFor(env: Record<string, string>): Promise<EngineClient> {
  const client = createEngineClient({ endpoint: await endpointFromEnvironment(env) });
  onTestFinished(() => client.close());
  return client;
}

/** Short calls, a wait, an attach and events over one connection kind. Returns the exit code. */
async function runOne(client: EngineClient, name: string): Promise<number> {
  const image = await ensureTestImage(engine!.socketPath);
  await client.containers.remove(name, { force: true });
  const { id } = await client.containers.create(
    { Image: image, Cmd: ["sh", "-c", "echo over the wire; exit 4"] },
    { name },
  );
  try {
    const stream = await client.containers.attach(id);
    const output = stream.toArray();
    const waiting = Promise.withResolvers<void>();
    const exit = client.containers.wait(id, { condition: "next-exit", onWaiting: waiting.resolve });
    await waiting.promise;
    await client.containers.start(id);
    expect(Buffer.concat((await output) as Buffer[]).toString()).toContain("over the wire\n");
    for await (const event of client.events({ since: "1", filters: { container: [id], event: ["die"] } })) {
      expect(event.attributes["exitCode"]).toBe("4");
      break;
    }
    const logs = await client.containers.logs(id, {});
    await once(logs.resume(), "end");
    return (await exit).exitCode;
  } finally {
    await client.containers.remove(id, { force: true });
  }
}

describe.skipIf(engine === undefined)("the real engine over TCP", () => {
  it("without TLS", async () => {
    const port = await listenInFront(engine!.socketPath);
    const client = await clientFor({ DOCKER_HOST: `tcp://127.0.0.1:${port}` });
    expect(await runOne(client, "berth-test-engine-client-tcp")).toBe(4);
  });

  it("with TLS, each side sure of the other", async () => {
    const authority = await makeAuthority();
    const port = await listenInFront(engine!.socketPath, authority);
    const env = {
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: authority.clientFolder,
    };
    expect(await runOne(await clientFor(env), "berth-test-engine-client-tls")).toBe(4);
  });

  it("refuses an engine that another authority vouches for", async () => {
    const [ours, theirs] = [await makeAuthority(), await makeAuthority()];
    const port = await listenInFront(engine!.socketPath, theirs);
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: ours.clientFolder };
    await expect((await clientFor(env)).ping()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("DOCKER_CERT_PATH"),
    });
  });

  it("says so when one side speaks TLS and the other does not", async () => {
    const authority = await makeAuthority();
    const plain = await listenInFront(engine!.socketPath);
    const env = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: authority.clientFolder };
    const toPlain = await clientFor({ DOCKER_HOST: `tcp://127.0.0.1:${plain}`, ...env });
    await expect(toPlain.ping()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("TLS"),
    });
    const secure = await listenInFront(engine!.socketPath, authority);
    const toSecure = await clientFor({ DOCKER_HOST: `tcp://127.0.0.1:${secure}` });
    await expect(toSecure.ping()).rejects.toMatchObject({ code: expect.stringMatching(/unreachable|protocol/) });
  });

  it("keeps the key out of its errors", async () => {
    const authority = await makeAuthority();
    const env = { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: authority.clientFolder };
    const failure = (await clientFor(env)).ping();
    await expect(failure).rejects.toMatchObject({ code: "unreachable" });
    await expect(failure).rejects.toSatisfy(
      (error: Error) => !JSON.stringify([error, error.cause]).includes("PRIVATE KEY"),
    );
  });
});
