import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createImagePuller, type PullProgress } from "../src/index.ts";
import { realRegistry } from "./real-registry.ts";

const real = await findEngine();
const budgets = { downloadStallMs: 5000 };

describe.skipIf(real === undefined)("stalls of a real registry", () => {
  const registryOf = () => realRegistry(real as NonNullable<typeof real>);

  it("a layer that stands still: one new try, and the image is there", async () => {
    const { engine, publish, stallLayer } = await registryOf();
    const image = await publish("stall:1", { layers: 3 });
    const stalls = stallLayer({ nth: 3 });
    const progress: PullProgress[] = [];
    const puller = createImagePuller({ engine }, { budgets });
    expect(await puller.ensure({ image, onProgress: (step) => progress.push(step) })).toMatchObject({ pulled: true });
    expect(stalls.count).toBe(1);
    const retries = progress.filter((step) => step.kind === "retrying");
    expect(retries).toHaveLength(1);
    expect(retries[0]?.why).toMatch(
      /^stalled for 5 s in phase download, layer [0-9a-f]{12}, \d+ of \d+ bytes received/,
    );
  });

  it("twice: the error says layer, phase, bytes and registry", async () => {
    const { registry, engine, publish, stallLayer } = await registryOf();
    const image = await publish("stall:2", { layers: 2 });
    const stalls = stallLayer({ nth: 1, times: 99 });
    const puller = createImagePuller({ engine }, { budgets });
    const error: unknown = await puller.ensure({ image }).catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: "stalled",
      phase: "download",
      registryHost: registry.host,
      layer: expect.stringMatching(/^[0-9a-f]{12}$/),
      receivedBytes: expect.any(Number),
      totalBytes: expect.any(Number),
    });
    expect((error as { receivedBytes: number }).receivedBytes).toBeGreaterThan(500_000);
    // Two layers, and the second try asked for both anew.
    expect(stalls.count).toBe(4);
  });

  it("a manifest that does not come: begin, and one new try", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("stall:3");
    let held = 0;
    registry.intercept = (request) => request.url?.includes("/manifests/") === true && (held += 1) === 1;
    const progress: PullProgress[] = [];
    const puller = createImagePuller({ engine }, { budgets: { beginMs: 5000 } });
    expect(await puller.ensure({ image, onProgress: (step) => progress.push(step) })).toMatchObject({ pulled: true });
    expect(progress.find((step) => step.kind === "retrying")?.why).toContain("in phase begin, registry");
  });

  it("a layer whose request is never answered: the error names it", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("stall:4");
    registry.intercept = (request) => request.url?.includes("/blobs/") === true;
    const error: unknown = await createImagePuller({ engine }, { budgets })
      .ensure({ image })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: "stalled",
      phase: "download",
      registryHost: registry.host,
      layer: expect.stringMatching(/^[0-9a-f]{12}$/),
      receivedBytes: 0,
    });
  });

  it("a layer that is cut once: the engine itself goes on, in one pull", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("cut:1", { layerBytes: 400_000 });
    let cuts = 0;
    registry.intercept = (request, response) => {
      if (request.method !== "GET" || request.url?.includes("/blobs/") !== true || cuts >= 1) return false;
      cuts += 1;
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "400000" });
      response.write(Buffer.alloc(100), () => response.destroy());
      return true;
    };
    const progress: PullProgress[] = [];
    const ensured = await createImagePuller({ engine }).ensure({ image, onProgress: (step) => progress.push(step) });
    expect(ensured).toMatchObject({ pulled: true });
    expect(cuts).toBe(1);
    expect(progress.filter(({ kind }) => kind === "retrying")).toEqual([]);
  });

  it("a manifest that is cut", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("cut:2");
    registry.intercept = (request, response) => {
      if (request.method !== "GET" || request.url?.includes("/manifests/") !== true) return false;
      response.writeHead(200, {
        "content-type": "application/vnd.docker.distribution.manifest.v2+json",
        "content-length": "4000",
      });
      response.write("{", () => response.destroy());
      return true;
    };
    const error: unknown = await createImagePuller({ engine })
      .ensure({ image })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "unreachable", phase: "begin", registryHost: registry.host });
  });
});
