export {
  createDockerContainerizer,
  type DockerContainerizerDeps,
  type DockerContainerizerOptions,
} from "./docker-containerizer.ts";
export type { DockerLaunchDetail } from "./docker-container.ts";
export type { HostCapacity } from "./usage.ts";
