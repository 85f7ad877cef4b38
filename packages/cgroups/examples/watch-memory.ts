import { type CgroupReader, createCgroupReader, type MemoryEvidence } from "@berth/cgroups";

/** Call when the engine's `oom` event for the container comes: a moment later the group and all its counters are gone. */
export async function evidenceAtOomEvent(pid: number): Promise<MemoryEvidence | undefined> {
  const reader: CgroupReader = createCgroupReader();
  // In earnest: locate once after the start and keep the location, because the process is gone by the time of the event.
  const location = await reader.locate(pid);
  return location === undefined ? undefined : reader.memoryEvidence(location);
}
