import { findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createImagePuller, type PullProgress } from "../src/index.ts";
import { realRegistry } from "./real-registry.ts";

const real = await findEngine();

describe.skipIf(real === undefined)("against a real engine and registry", () => {
  const registryOf = () => realRegistry(real as NonNullable<typeof real>);

  it("pulls what is absent, once, and shows how far it is", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("a/b:1", { layers: 4, layerBytes: 400_000 });
    const puller = createImagePuller({ engine });
    const progress: PullProgress[] = [];
    const before = registry.requests.length;
    const ensured = await puller.ensure({ image, onProgress: (step) => progress.push(step) });
    expect(ensured).toMatchObject({
      reference: image,
      pulled: true,
      credentialSource: "none",
      config: { entrypoint: ["/entry"], command: ["a", "b"], user: "7", volumes: ["/v"] },
    });
    expect(ensured.config.environment).toContain("A=b");
    expect(ensured.imageId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(progress.at(0)).toMatchObject({ kind: "pulling", image });
    expect(progress.at(-1)).toMatchObject({ kind: "pulled", image });
    const last = progress.findLast((step) => step.kind === "layers");
    expect(last).toMatchObject({ phase: "extract", layers: 4, layersDone: 4 });
    expect(last?.receivedBytes).toBe(last?.totalBytes);
    expect(last?.totalBytes).toBeGreaterThan(1_600_000);

    const asked = registry.requests.length;
    expect(asked).toBeGreaterThan(before);
    expect(await puller.ensure({ image })).toMatchObject({ pulled: false, imageId: ensured.imageId });
    expect(registry.requests).toHaveLength(asked);
    expect(puller.counts()).toMatchObject({ started: 1, succeeded: 1, present: 1, joined: 0 });
  });

  it("50 waiters: one pull, one read of the manifest", async () => {
    const { engine, publish, manifestReads } = await registryOf();
    const image = await publish("many:1", { layers: 2 });
    const puller = createImagePuller({ engine });
    const before = manifestReads();
    const all = await Promise.all(Array.from({ length: 50 }, () => puller.ensure({ image })));
    expect(new Set(all.map(({ imageId }) => imageId)).size).toBe(1);
    expect(manifestReads() - before).toBe(1);
    expect(puller.counts()).toMatchObject({ failed: 0, active: 0 });
  });

  it("forced picks up a moved tag, the default keeps the local image", async () => {
    const { engine, publish } = await registryOf();
    const image = await publish("moved:1");
    const puller = createImagePuller({ engine });
    const first = await puller.ensure({ image });
    // Publishing takes the tag from the engine; so the local image is kept under another one and tagged back.
    const keep = `berth-test-image-puller-keep:${process.pid}`;
    await engine.images.tag(first.imageId, ...(keep.split(":") as [string, string]));
    await publish("moved:1");
    const colon = image.lastIndexOf(":");
    await engine.images.tag(keep, image.slice(0, colon), image.slice(colon + 1));
    await engine.images.remove(keep, { noPrune: true });

    expect(await puller.ensure({ image })).toMatchObject({ pulled: false, imageId: first.imageId });
    const forced = await puller.ensure({ image, forcePull: true });
    expect(forced.pulled).toBe(true);
    expect(forced.imageId).not.toBe(first.imageId);
    expect((await puller.ensure({ image })).imageId).toBe(forced.imageId);
    await engine.images.remove(first.imageId, { force: true });
  });

  it("a digest that is there is not asked for again, even if forced", async () => {
    const { registry, engine, publish, removeImage } = await registryOf();
    const image = await publish("pinned:1");
    const puller = createImagePuller({ engine });
    await puller.ensure({ image });
    const [pinned = ""] = (await engine.images.inspect(image)).RepoDigests ?? [];
    onTestFinished(() => removeImage(pinned));
    const asked = registry.requests.length;
    const tagged = pinned.replace("@", ":other@");
    expect(await puller.ensure({ image: tagged, forcePull: true })).toMatchObject({ pulled: false, reference: pinned });
    expect(registry.requests).toHaveLength(asked);
    await engine.images.remove(image, { force: true });
    expect(await puller.ensure({ image: tagged })).toMatchObject({ pulled: true, reference: pinned });
  });

  it("the pull goes on for who stays, and the engine ends it when the last one leaves", async () => {
    const { engine, publish, stallLayer } = await registryOf();
    const image = await publish("left:1");
    const stalls = stallLayer({ nth: 1 });
    const puller = createImagePuller({ engine });
    const [a, b] = [new AbortController(), new AbortController()];
    const moving = Promise.withResolvers<void>();
    const first = puller.ensure({ image, signal: a.signal });
    const second = puller.ensure({
      image,
      signal: b.signal,
      onProgress: (step) => step.kind === "layers" && step.receivedBytes > 0 && moving.resolve(),
    });
    await moving.promise;
    a.abort();
    await expect(first).rejects.toMatchObject({ code: "aborted" });
    expect(puller.counts()).toMatchObject({ started: 1, joined: 1, cancelled: 0, active: 1 });
    b.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    expect(stalls.count).toBe(1);
    await expect(engine.images.inspect(image)).rejects.toMatchObject({ code: "not-found" });
    // The engine has ended the transfer: had it not, a new pull would join it and stand still too.
    expect(await puller.ensure({ image })).toMatchObject({ pulled: true });
  });
});
