import type { AgentContext } from "../agent-context.ts";
import type { AgentInput } from "../messages/agent-input.ts";
import { acknowledge } from "./acknowledge.ts";
import { checkpointResources } from "./checkpoint-resources.ts";
import { killTask, shutDownExecutor, shutDownFramework, startDrain } from "./end-tasks.ts";
import { refuseGroup, runTask } from "./run-task.ts";
import { updateFramework } from "./update-framework.ts";

/** One message. A promise holds back those behind it. */
export function handleInput(context: AgentContext, input: AgentInput): Promise<void> | void {
  switch (input.type) {
    case "run-task":
      return runTask(context, input);
    case "run-task-group":
      return refuseGroup(context, input);
    case "kill-task":
      return killTask(context, input);
    case "acknowledgement":
      return acknowledge(context, input);
    case "shutdown-framework":
      return shutDownFramework(context, input.frameworkId);
    case "shutdown-executor":
      return shutDownExecutor(context, input);
    case "update-framework":
      return updateFramework(context, input);
    case "framework-message":
      context.counters.add("slave/invalid_framework_messages");
      return context.log.info("a message for an executor was dropped: none of a framework's own runs here", {
        frameworkId: input.frameworkId,
        executorId: input.executorId,
      });
    case "checkpoint-resources":
      return checkpointResources(context, input.resources);
    case "drain":
      return startDrain(context, input);
  }
}
