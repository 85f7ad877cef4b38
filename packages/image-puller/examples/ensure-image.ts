import { createEngineClient, endpointFromEnvironment } from "@berth/engine-client";
import { createImagePuller, isImagePullError } from "@berth/image-puller";

const engine = createEngineClient({ endpoint: await endpointFromEnvironment(process.env) });
const puller = createImagePuller(
  { engine },
  { dockerConfig: "/etc/berth/docker.json", environment: process.env, budgets: { totalMs: 30 * 60_000 } },
);
try {
  const { reference, imageId, pulled, credentialSource } = await puller.ensure({
    image: "registry.example.com:5000/web/shop:1.4",
    sandboxDirectory: "/var/lib/berth/sandbox",
    onProgress: (step) => {
      if (step.kind === "layers") process.stderr.write(`${step.phase} ${step.receivedBytes}/${step.totalBytes}\n`);
    },
    signal: AbortSignal.timeout(60 * 60_000),
  });
  process.stdout.write(`${reference} ${imageId} pulled=${pulled} credentials=${credentialSource}\n`);
} catch (error) {
  if (!isImagePullError(error)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await puller.close();
  await engine.close();
}
