import { type Containerizer, createComposingContainerizer, createSandbox } from "@berth/containerizer";
import type { TaskInfo } from "@berth/proto/v1";

/** Runs `task` with whichever of the two supports it, and says how it ended. */
export async function runOnce(docker: Containerizer, mesos: Containerizer, task: TaskInfo): Promise<string> {
  const containerizer = createComposingContainerizer([docker, mesos]); // asked in this order
  const ids = { agentId: "agent-S0", frameworkId: "framework-0000", executorId: "task" };
  const containerId = { value: crypto.randomUUID() };
  const directory = await createSandbox({
    workDirectory: "/var/lib/berth",
    ...ids,
    containerId: containerId.value,
  });
  const launching = containerizer.launch(containerId, {
    ...ids,
    taskInfo: task,
    commandInfo: task.command ?? {},
    containerInfo: task.container,
    resources: task.resources ?? [],
    directory,
    environment: {},
    taskKillingState: true,
  });
  // Before awaiting the launch: a short task is over, and forgotten, when the launch is answered.
  const ending = containerizer.wait(containerId);
  if ((await launching) === "not-supported") return "nobody here runs such a task";
  return (await ending)?.message ?? "ended";
}
