import { createCgroupReader } from "@berth/cgroups";
import { createDockerExecutor, type DockerExecutor } from "@berth/docker-executor";
import { createEngineClient, type EngineEndpoint, isEngineError } from "@berth/engine-client";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { CliError } from "./cli-error.ts";

/** Never asked: a plan needs no engine. */
export const anyEndpoint: EngineEndpoint = { kind: "unix", socketPath: "/var/run/docker.sock" };

/** What says of a task what it comes to. Making it opens nothing, and nothing of it runs a container. */
export function composePlanner(endpoint: EngineEndpoint, now: () => number): Pick<DockerExecutor, "plan"> {
  const engine = createEngineClient({ endpoint });
  const logs = createSandboxLogs(engine);
  return createDockerExecutor({ engine, logs, cgroups: createCgroupReader() }, { removeDelayMs: 0, now });
}

/** Rejects with CliError or EngineError when no engine answers: before a file is fetched for one that is not there. */
export async function checkEngine(endpoint: EngineEndpoint): Promise<void> {
  const engine = createEngineClient({ endpoint });
  try {
    await engine.negotiatedApiVersion();
  } catch (cause) {
    if (!isEngineError(cause, "unreachable", "timeout")) throw cause;
    const message = `${cause.message.replace(/[.:;,\s]*$/, "")}. Start it, or name another with --docker-socket or DOCKER_HOST.`;
    throw new CliError("environment", message, { cause });
  } finally {
    await engine.close();
  }
}
