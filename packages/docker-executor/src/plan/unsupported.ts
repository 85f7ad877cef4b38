import type { TaskInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

/** What this executor cannot honour yet. To ignore it would be worse than to refuse it. */
export function refuseUnsupported(task: TaskInfo, sink: FaultSink): void {
  if (task.executor !== undefined) sink.fault("executor", "custom executors are not supported yet; use command");
  if (task.check !== undefined) sink.fault("check", "checks are not supported yet; leave the check out");
  if (task.healthCheck !== undefined)
    sink.fault("health_check", "health checks are not supported yet; leave the health check out");
  if (task.container === undefined) {
    sink.fault("container", "is missing; this executor runs containers of type DOCKER");
    return;
  }
  if (task.container.type !== "DOCKER") {
    sink.fault("container.type", `${task.container.type ?? "nothing"} is not run here; this executor runs type DOCKER`);
  }
  if (task.container.mesos !== undefined)
    sink.fault("container.mesos", "belongs to containers of type MESOS; use container.docker");
  if (task.container.docker === undefined) sink.fault("container.docker", "is missing; it names the image");
  else if ((task.container.docker.image ?? "").trim() === "")
    sink.fault("container.docker.image", "is missing; name an image");
}
