import { sandboxPath } from "@berth/containerizer";
import type { AgentClient } from "@berth/mesos-client";

/** Which sandbox, in the ids of its agent. */
export interface SandboxIds {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  /** Undefined takes the executor's last run. */
  readonly containerId: string | undefined;
}

/** Under which path an agent shows a sandbox: by its work dir when it tells it, else by the name that it gives the last run. */
export async function sandboxFiles(agent: Pick<AgentClient, "call">, ids: SandboxIds): Promise<string> {
  const { frameworkId, executorId, containerId } = ids;
  if (containerId !== undefined) {
    const workDirectory = await workDirectoryOf(agent);
    if (workDirectory !== undefined) return sandboxPath({ workDirectory, ...ids, containerId });
  }
  return `/frameworks/${frameworkId}/executors/${executorId}/runs/latest`;
}

async function workDirectoryOf(agent: Pick<AgentClient, "call">): Promise<string | undefined> {
  const answer = await agent.call({ type: "GET_FLAGS" }).catch(() => undefined); // it may be kept from us
  return answer?.getFlags?.flags?.find(({ name }) => name === "work_dir")?.value;
}
