import { createCgroupReader } from "@berth/cgroups";
import type { Containerizer } from "@berth/containerizer";
import { createDockerContainerizer } from "@berth/docker-containerizer";
import { createDockerExecutor } from "@berth/docker-executor";
import { createEngineClient } from "@berth/engine-client";
import { createFetcher } from "@berth/fetcher";
import { createImagePuller } from "@berth/image-puller";
import { createSandboxLogs } from "@berth/sandbox-logs";

/** Everything that an agent needs to run Docker images on this machine. Opens nothing before the first launch. */
export function localDocker(): Containerizer {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath: "/var/run/docker.sock" } });
  const cgroups = createCgroupReader();
  const executor = createDockerExecutor({ engine, cgroups, logs: createSandboxLogs(engine) });
  const fetcher = createFetcher(
    { now: Date.now, random: Math.random },
    { cacheDirectory: "/var/lib/berth/fetch", environment: process.env },
  );
  const puller = createImagePuller({ engine }, { environment: process.env });
  return createDockerContainerizer({ fetcher, puller, executor, engine, cgroups }, { now: Date.now });
}
