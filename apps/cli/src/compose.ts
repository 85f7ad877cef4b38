import { type CgroupReader, createCgroupReader } from "@berth/cgroups";
import { createDockerContainerizer } from "@berth/docker-containerizer";
import { createDockerExecutor, type DockerExecutor } from "@berth/docker-executor";
import { createEngineClient, type EngineClient, type EngineEndpoint, isEngineError } from "@berth/engine-client";
import { createFetcher } from "@berth/fetcher";
import { createImagePuller } from "@berth/image-puller";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { createLocalTaskRunner, type TaskRunner } from "@berth/task-runner";
import { CliError } from "./cli-error.ts";
import type { Machine } from "./machine.ts";

/** The parts that plan and run containers. Making them opens nothing. */
export interface DockerParts {
  readonly engine: EngineClient;
  readonly cgroups: CgroupReader;
  readonly executor: DockerExecutor;
}

export function composeDocker(endpoint: EngineEndpoint, now: () => number): DockerParts {
  const engine = createEngineClient({ endpoint });
  const cgroups = createCgroupReader();
  const logs = createSandboxLogs(engine);
  // Nobody comes back for a container of `berth run`: it goes with its task.
  const executor = createDockerExecutor({ engine, logs, cgroups }, { removeDelayMs: 0, now });
  return { engine, cgroups, executor };
}

export interface LocalSystem {
  readonly runner: TaskRunner;
  /** Rejects with CliError or EngineError when no engine answers. */
  checkEngine(): Promise<void>;
  /** Ends what still runs, and leaves no container behind. */
  close(): Promise<void>;
}

/** An agent without a master, in this process. */
export function composeLocalSystem(docker: DockerParts, machine: Machine, now: () => number): LocalSystem {
  const { engine, executor, cgroups } = docker;
  const fetcher = createFetcher(
    { now, random: Math.random },
    {
      cacheDirectory: machine.fetcherCacheDirectory,
      stallTimeoutMs: machine.fetcherStallTimeoutMs,
      environment: machine.env,
      hadoopHome: machine.hadoopHome,
    },
  );
  const puller = createImagePuller({ engine }, { dockerConfig: machine.dockerConfig, environment: machine.env });
  const containerizer = createDockerContainerizer({ fetcher, puller, executor, engine, cgroups }, { now });
  const runner = createLocalTaskRunner({ containerizer }, { workDirectory: machine.workDirectory, now });
  return {
    runner,
    // The version has to be agreed on anyway, and is kept: no call more, and no file fetched for an engine that is not there.
    checkEngine: async () => {
      await engine.negotiatedApiVersion().catch((cause: unknown) => {
        if (!isEngineError(cause, "unreachable", "timeout")) throw cause;
        const message = `${cause.message.replace(/[.:;,\s]*$/, "")}. Start it, or name another with --docker-socket or DOCKER_HOST.`;
        throw new CliError("environment", message, { cause });
      });
    },
    close: async () => {
      await runner.close();
      await executor.close({ removeNow: true });
      await Promise.all([fetcher.close(), puller.close()]);
      await engine.close();
    },
  };
}
