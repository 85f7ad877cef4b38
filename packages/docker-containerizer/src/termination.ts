import type { ContainerTermination } from "@berth/containerizer";
import type { DockerTermination } from "@berth/docker-executor";
import type { ContainerPhase } from "./container-state.ts";

/** The original's words for a container that was destroyed. */
const destroyed: Readonly<Record<ContainerPhase, string>> = {
  FETCHING: "Container destroyed while fetching",
  PULLING: "Container destroyed while pulling image",
  RUNNING: "Container killed",
};

/** What is told to everybody who waits. */
export function toTermination(
  termination: DockerTermination,
  destroyedDuring: ContainerPhase | undefined,
): ContainerTermination {
  const { status, exitCode, killSignal, outOfMemory } = termination;
  return {
    exitCode,
    killSignal,
    state: status.state,
    reason: status.reason,
    message: destroyedDuring === undefined ? status.message : destroyed[destroyedDuring],
    outOfMemory,
  };
}
