import { ensureTestImage, type RealEngine } from "@berth/testkit";
import { onTestFinished } from "vitest";
import { type ContainerCreateBody, createEngineClient, type EngineClient } from "@berth/engine-client";

export interface RealSetup {
  readonly client: EngineClient;
  readonly image: string;
  /** A container that is removed with the test; `suffix` names it. */
  readonly create: (suffix: string, body?: Partial<ContainerCreateBody>) => Promise<string>;
}

/** A client for the real engine, and containers that end with the test. */
export async function withRealEngine({ socketPath }: RealEngine): Promise<RealSetup> {
  const image = await ensureTestImage(socketPath);
  const client = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  onTestFinished(() => client.close());
  return {
    client,
    image,
    create: async (suffix, body = {}) => {
      const name = `berth-test-engine-client-${suffix}`;
      await client.containers.remove(name, { force: true, volumes: true });
      const { id } = await client.containers.create({ Image: image, ...body }, { name });
      onTestFinished(async () => {
        const cleaner = createEngineClient({ endpoint: { kind: "unix", socketPath } });
        await cleaner.containers.remove(id, { force: true, volumes: true });
        await cleaner.close();
      });
      return id;
    },
  };
}
