import type { AgentView, ExecutorView, FrameworkView } from "@berth/agent-core";
import type { Containerizer } from "@berth/containerizer";
import type { ContainerStatus, ResourceStatistics } from "@berth/proto/v1";
import { boundedMap } from "./bounded-map.ts";

export type ContainersPort = Pick<Containerizer, "usage" | "status" | "containers">;

/** A container with what its containerizer says of it. What it cannot say just now is missing. */
export interface ListedContainer {
  readonly containerId: string;
  /** Absent for one that belongs to no executor. */
  readonly executor: { readonly framework: FrameworkView; readonly executor: ExecutorView } | undefined;
  readonly status: ContainerStatus | undefined;
  readonly statistics: ResourceStatistics | undefined;
}

export interface ListContainersOptions {
  /** Only this one. */
  readonly containerId?: string | undefined;
  /** Those of no executor too. */
  readonly standalone?: boolean | undefined;
  /** Ask for statistics only. */
  readonly withoutStatus?: boolean | undefined;
}

/** The running executors' root containers, in the order of their arrival. */
export async function listContainers(
  deps: { readonly view: Pick<AgentView, "snapshot">; readonly containerizer: ContainersPort },
  options: ListContainersOptions = {},
): Promise<readonly ListedContainer[]> {
  const owners = new Map(
    deps.view
      .snapshot()
      .frameworks.flatMap((framework) => framework.executors.map((executor) => ({ framework, executor })))
      .map((owner) => [owner.executor.containerId, owner] as const),
  );
  const ids = new Set(owners.keys());
  if (options.standalone === true) {
    for (const id of await deps.containerizer.containers()) {
      if (id.parent === undefined && id.value !== undefined) ids.add(id.value);
    }
  }
  const wanted = [...ids].filter((id) => options.containerId === undefined || id === options.containerId);
  return await boundedMap(wanted, maxAsked, async (containerId) => {
    const id = { value: containerId };
    const [status, statistics] = await Promise.all([
      options.withoutStatus === true ? undefined : deps.containerizer.status(id).catch(() => undefined),
      deps.containerizer.usage(id).catch(() => undefined),
    ]);
    return { containerId, executor: owners.get(containerId), status, statistics };
  });
}

/** Containers that are asked after at one time. */
const maxAsked = 16;
