import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngineClient, type EngineClient } from "@berth/engine-client";
import { engineRequest, pushImage, type RealEngine, startRegistry } from "@berth/testkit";
import { onTestFinished } from "vitest";

export const user = { username: "tester", password: "s3cret-Pa55phrase!" };
const users = { tester: "$2b$04$YkMoO4JKRlTtY7em0RCSje6U8cUF5QHGeShyUAlbzcNFKhcIM9Kta" };

/** A real engine, a real registry, and images in it that the engine does not have; all of it gone after the test. */
export async function realRegistry(real: RealEngine, options: { privately?: boolean } = {}) {
  const registry = await startRegistry(options.privately === true ? { users } : {});
  onTestFinished(() => registry.stop());
  const engine: EngineClient = createEngineClient({ endpoint: { kind: "unix", socketPath: real.socketPath } });
  onTestFinished(() => engine.close());

  /** Pushes an image of random layers, and takes it from the engine. Returns its reference. */
  async function publish(name: string, { layers = 1, layerBytes = 20_000, platform = "" } = {}): Promise<string> {
    const local = `berth-test-image-puller-${randomUUID()}:1`;
    await buildImage(real.socketPath, local, layers, layerBytes, platform);
    const [repository = "", tag = "1"] = name.split(":");
    const auth = options.privately === true ? user : undefined;
    const reference = await pushImage(real.socketPath, local, registry.host, repository, tag, auth);
    await removeImage(reference);
    await removeImage(local);
    if (auth === undefined) configs.add(await configDigest(registry.host, repository, tag));
    onTestFinished(() => removeImage(reference));
    return reference;
  }
  const configs = new Set<string>();
  const removeImage = async (reference: string): Promise<void> => {
    await engineRequest(real.socketPath, "DELETE", `/images/${reference}?force=true`);
  };
  const manifestReads = () =>
    registry.requests.filter(({ method, path }) => method === "GET" && path.includes("/manifests/")).length;
  /**
   * From the nth layer that is asked for, so many times: answers with its head and first bytes, and then nothing. Counts
   * those. (When the engine lets go of the connection is no evidence: 20.10 leaves that to Go's garbage collector.)
   */
  function stallLayer({ nth, times = 1 }: { nth: number; times?: number }): { count: number } {
    const stalls = { count: 0 };
    let seen = 0;
    registry.intercept = (request, response) => {
      const digest = /\/blobs\/(sha256:\w+)$/.exec(request.url ?? "")?.[1];
      if (request.method !== "GET" || digest === undefined || configs.has(digest)) return false;
      seen += 1;
      if (seen < nth || stalls.count >= times) return false;
      stalls.count += 1;
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "900000000" });
      // The engine tells of every half megabyte.
      response.write(Buffer.alloc(2_000_000));
      return true;
    };
    return stalls;
  }
  return { registry, engine, publish, removeImage, manifestReads, stallLayer };
}

async function configDigest(host: string, repository: string, tag: string): Promise<string> {
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers: { accept } });
  return ((await answer.json()) as { config: { digest: string } }).config.digest;
}

async function buildImage(socketPath: string, ref: string, layers: number, bytes: number, platform: string) {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-image-puller-"));
  try {
    const dockerfile = ["FROM scratch"];
    for (let index = 0; index < layers; index += 1) {
      await writeFile(path.join(directory, `layer${index}`), randomBytes(bytes));
      dockerfile.push(`COPY layer${index} /layer${index}`);
    }
    dockerfile.push('ENTRYPOINT ["/entry"]', 'CMD ["a", "b"]', "ENV A=b", "USER 7", "VOLUME /v");
    await writeFile(path.join(directory, "Dockerfile"), dockerfile.join("\n"));
    const tar = spawn("tar", ["-C", directory, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
    const query = new URLSearchParams({ t: ref, rm: "1", forcerm: "1", ...(platform !== "" && { platform }) });
    const answer = await engineRequest(socketPath, "POST", `/build?${query.toString()}`, tar.stdout);
    if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(`build failed: ${answer.text}`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
