import { createCgroupReader } from "@berth/cgroups";
import { type Containerizer, createComposingContainerizer } from "@berth/containerizer";
import { createDockerContainerizer } from "@berth/docker-containerizer";
import { createDockerExecutor, type DockerExecutorOptions } from "@berth/docker-executor";
import { createEngineClient, type EngineClient, type EngineEndpoint } from "@berth/engine-client";
import { createFetcher, type Fetcher, type FetcherOptions } from "@berth/fetcher";
import { createImagePuller, type ImagePullerOptions } from "@berth/image-puller";
import { createSandboxLogs } from "@berth/sandbox-logs";

export interface DockerSettings {
  readonly endpoint: EngineEndpoint;
  readonly executor: Pick<
    DockerExecutorOptions,
    "sandboxTarget" | "defaultDns" | "cgroupsEnableCfs" | "defaultKillGraceMs" | "removeDelayMs"
  >;
  readonly fetcher: Pick<
    FetcherOptions,
    "cacheDirectory" | "cacheSizeBytes" | "stallTimeoutMs" | "environment" | "hadoopHome"
  >;
  readonly puller: Pick<ImagePullerOptions, "dockerConfig" | "environment">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Everything that runs containers. */
export interface DockerParts {
  readonly engine: EngineClient;
  readonly containerizer: Containerizer;
  readonly fetcher: Fetcher;
  /** Lets go of running tasks. `removeNow` removes stopped containers that wait for their delay. */
  close(options: { readonly removeNow: boolean }): Promise<void>;
}

/** Making them opens nothing. */
export function composeDocker({ endpoint, now, ...settings }: DockerSettings): DockerParts {
  const engine = createEngineClient({ endpoint });
  const cgroups = createCgroupReader();
  const logs = createSandboxLogs(engine);
  const executor = createDockerExecutor({ engine, logs, cgroups }, { ...settings.executor, now });
  const fetcher = createFetcher({ now, random: Math.random }, settings.fetcher);
  const puller = createImagePuller({ engine }, settings.puller);
  const docker = createDockerContainerizer(
    { fetcher, puller, executor, engine, cgroups },
    { now, cgroupsEnableCfs: settings.executor.cgroupsEnableCfs },
  );
  const containerizer = createComposingContainerizer([docker]);
  return {
    engine,
    containerizer,
    fetcher,
    close: async ({ removeNow }) => {
      // First the executor: closed by the containerizer it would always remove what is stopped.
      await executor.close({ removeNow });
      await containerizer.close();
      await Promise.all([fetcher.close(), puller.close()]);
      await engine.close();
    },
  };
}
