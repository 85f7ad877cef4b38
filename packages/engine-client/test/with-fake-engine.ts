import { type FakeEngine, type FakeEngineOptions, startFakeEngine } from "@berth/testkit";
import { onTestFinished } from "vitest";
import { createEngineClient, type EngineClient, type EngineClientOptions } from "@berth/engine-client";

/** A fake engine with one image, `busybox:1`, and a client for it; both end with the test. */
export async function withFakeEngine(
  engineOptions: FakeEngineOptions = {},
  clientOptions: EngineClientOptions = {},
): Promise<{ fake: FakeEngine; client: EngineClient }> {
  const fake = await startFakeEngine({ images: { "busybox:1": {} }, ...engineOptions });
  const client = createEngineClient({ endpoint: fake.endpoint }, clientOptions);
  onTestFinished(async () => {
    await client.close();
    await fake.stop();
  });
  return { fake, client };
}
