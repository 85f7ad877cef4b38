import type { AgentContext } from "../agent-context.ts";
import type { InputOf } from "../messages/agent-input.ts";
import { saveFramework } from "../task/prepare-task.ts";

/** UpdateFrameworkMessage: a scheduler has come (back), so what it has not acknowledged goes out at once. */
export function updateFramework(
  { agentId, book, chores, desk, store }: AgentContext,
  { frameworkId, pid, info }: InputOf<"update-framework">,
): void {
  const framework = book.framework(frameworkId);
  if (framework !== undefined && !framework.terminating) {
    framework.pid = pid;
    if (info !== undefined) framework.info = { ...info, id: { value: frameworkId } };
    if (framework.saved !== undefined && agentId !== undefined) {
      framework.saved = undefined;
      chores.add(saveFramework(framework, agentId, store));
    }
  }
  desk.resend(frameworkId);
}
