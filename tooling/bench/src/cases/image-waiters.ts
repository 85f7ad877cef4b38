import { createEngineClient } from "@berth/engine-client";
import { createImagePuller } from "@berth/image-puller";
import { engineRequest, ensureTestImage, pushImage, startRegistry } from "@berth/testkit";
import { type BenchResult, single } from "../result.ts";

const waiters = 50;

/** 50 requests for one absent image at once: how many pulls the registry sees. */
export async function imageWaiters(socketPath: string): Promise<readonly BenchResult[]> {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  await using registry = await startRegistry();
  const image = await pushImage(socketPath, await ensureTestImage(socketPath), registry.host, "bench/waiters", "1");
  const before = registry.requests.length;
  const puller = createImagePuller({ engine });
  const ensured = await Promise.all(Array.from({ length: waiters }, () => puller.ensure({ image })));
  if (new Set(ensured.map(({ imageId }) => imageId)).size !== 1) throw new Error("the waiters got different images");
  // An engine resolves the tag once a pull, by HEAD or by GET; what follows is by digest.
  const byTag = registry.requests.slice(before).filter(({ path }) => path === "/v2/bench/waiters/manifests/1");
  const heads = byTag.filter(({ method }) => method === "HEAD");
  const pulls = heads.length > 0 ? heads : byTag;
  await puller.close();
  await engine.close();
  await engineRequest(socketPath, "DELETE", `/images/${image}`);
  return [single(`pulls that the registry sees for ${waiters} waiters`, "pulls", pulls.length, 1, "exactly 1")];
}
