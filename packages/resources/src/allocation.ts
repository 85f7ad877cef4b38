import type { Resource } from "@berth/proto/v1";

/** Without the note for which role they are allocated: so they compare with what an agent has. */
export function withoutAllocation(resources: readonly Resource[]): Resource[] {
  return resources.map((resource) => {
    const { allocationInfo: _, ...rest } = resource;
    return rest;
  });
}

/** Allocated for `role`, whatever they were before. */
export function withAllocation(resources: readonly Resource[], role: string): Resource[] {
  return resources.map((resource) => ({ ...resource, allocationInfo: { role } }));
}

/** The role that they are allocated for; the resources of one task or executor have one. Undefined when it is not said. */
export function allocationRoleOf(resources: readonly Resource[]): string | undefined {
  return resources.find((resource) => resource.allocationInfo?.role !== undefined)?.allocationInfo?.role;
}
