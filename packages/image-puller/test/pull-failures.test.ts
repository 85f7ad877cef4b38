import type http from "node:http";
import { createEngineClient } from "@berth/engine-client";
import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createImagePuller, type ImagePullError } from "../src/index.ts";
import { realRegistry } from "./real-registry.ts";

const real = await findEngine();

describe.skipIf(real === undefined)("failures of a real registry", () => {
  const registryOf = () => realRegistry(real as NonNullable<typeof real>);
  const failing = async (engine: Parameters<typeof createImagePuller>[0]["engine"], image: string) => {
    const puller = createImagePuller({ engine }, { retryDelaysMs: [10, 10] });
    const error: unknown = await puller.ensure({ image }).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: "ImagePullError", image });
    return error as ImagePullError;
  };

  it("what is absent", async () => {
    const { registry, engine, publish } = await registryOf();
    await publish("here:1");
    for (const absent of [
      `${registry.host}/here:nope`,
      `${registry.host}/nowhere:1`,
      `${registry.host}/here@sha256:${"0".repeat(64)}`,
    ]) {
      const error = await failing(engine, absent);
      expect(error).toMatchObject({ code: "not-found", registryHost: registry.host });
      expect(error.message).toContain(`(registry ${registry.host}); check the repository, the tag or digest`);
    }
  });

  it("nobody there", async () => {
    const { registry, engine } = await registryOf();
    await registry.stop();
    const error = await failing(engine, `${registry.host}/a:1`);
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain("connection refused");
  });

  it("a name that is none", async () => {
    const { engine } = await registryOf();
    expect(await failing(engine, "nosuchhost.invalid/a:1")).toMatchObject({
      code: "unreachable",
      registryHost: "nosuchhost.invalid",
    });
  });

  const body = (code: string) => JSON.stringify({ errors: [{ code, message: "not now" }] });
  it.each<[number, http.OutgoingHttpHeaders, string, string, number]>([
    [429, { "retry-after": "1" }, body("TOOMANYREQUESTS"), "rate-limited", 3],
    [500, {}, "", "registry-failed", 3],
    [503, { "content-type": "text/html" }, "<html>", "registry-failed", 3],
    [401, {}, body("UNAUTHORIZED"), "unauthorized", 1],
    [403, {}, body("DENIED"), "unauthorized", 1],
  ])("status %d for the manifest", async (status, headers, text, code, tries) => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("status:1");
    let pings = 0;
    registry.intercept = (request, response) => {
      if (request.url === "/v2/") pings += 1;
      if (request.url?.includes("/manifests/") !== true) return false;
      response.writeHead(status, headers).end(text);
      return true;
    };
    expect(await failing(engine, image)).toMatchObject({ code, phase: "begin" });
    // The engine pings the registry once a pull.
    expect(pings).toBe(tries);
  });

  it("a fault that passes is ridden out", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("passing:1");
    let refused = 0;
    registry.intercept = (request, response) => {
      if (request.url?.includes("/manifests/") !== true || refused >= 1) return false;
      refused += 1;
      response.writeHead(503).end();
      return true;
    };
    const puller = createImagePuller({ engine }, { retryDelaysMs: [10, 10] });
    expect(await puller.ensure({ image })).toMatchObject({ pulled: true });
  });

  it("a layer that the registry has lost fails within the stream", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("lost:1");
    registry.intercept = (request, response) => {
      if (request.url?.includes("/blobs/") !== true) return false;
      response.writeHead(404, { "content-type": "application/json" }).end(body("BLOB_UNKNOWN"));
      return true;
    };
    expect(await failing(engine, image)).toMatchObject({ code: "not-found", phase: "download" });
  });
});

it("no engine at the socket", async () => {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath: "/nonexistent/docker.sock" } });
  const error: unknown = await createImagePuller({ engine })
    .ensure({ image: "a:1" })
    .catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "engine-unreachable" });
  expect((error as Error).message).toContain("/nonexistent/docker.sock");
  await engine.close();
});
