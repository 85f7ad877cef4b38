import type { ContainerID } from "@berth/proto/v1";

/** One text for one container id, nested ones included: `root/child`. Values hold no `/` (see `idFault`). */
export function containerIdKey(containerId: ContainerID): string {
  const own = containerId.value ?? "";
  return containerId.parent === undefined ? own : `${containerIdKey(containerId.parent)}/${own}`;
}

export function rootContainerId(containerId: ContainerID): ContainerID {
  return containerId.parent === undefined ? containerId : rootContainerId(containerId.parent);
}

export function isNested(containerId: ContainerID): boolean {
  return containerId.parent !== undefined;
}
