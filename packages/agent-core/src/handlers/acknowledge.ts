import { type AgentContext, taskKey } from "../agent-context.ts";
import type { InputOf } from "../messages/agent-input.ts";

/** StatusUpdateAcknowledgementMessage. Nobody waits for it but a new task of the same id. */
export function acknowledge(context: AgentContext, input: InputOf<"acknowledgement">): void {
  const { acknowledging, agentId, book, desk, driver, log } = context;
  if (input.agentId !== agentId) return;
  const { frameworkId, taskId, uuid } = input;
  const key = taskKey(input);
  const run = book.framework(frameworkId)?.tasks.get(taskId);
  const earlier = acknowledging.get(key);
  const done = desk
    .acknowledge({ frameworkId, taskId }, uuid)
    .then(
      (outcome) => {
        if (outcome !== "closed" || run === undefined) return;
        book.release(run);
        driver.dispatch(run, { type: "delivered" });
      },
      (error: unknown) => log.error("an acknowledgement could not be taken", { frameworkId, taskId, error }),
    )
    .then(() => earlier)
    .then(() => {
      if (acknowledging.get(key) === done) acknowledging.delete(key);
    });
  acknowledging.set(key, done);
}
