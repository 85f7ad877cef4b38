/**
 * `mesos-<agent id>.<container id>[.<n>]`. Every parser of the original's takes the second of two or three parts as the id, so a
 * number may follow when the plain name is taken; `executor` in its place would mean another kind of container.
 */
export function containerName(agentId: string, containerId: string, suffix = 0): string {
  const name = `mesos-${agentId}.${containerId}`;
  return suffix === 0 ? name : `${name}.${suffix}`;
}
