import { connectionError } from "./connection-error.ts";
import type { ContainerCallDeps } from "./container-calls.ts";
import type { ContainerCalls } from "./engine-client.ts";
import { EngineError } from "./errors.ts";
import { objectIn } from "./json-answer.ts";
import { containerPath } from "./paths.ts";
import { readAnswer } from "./read-answer.ts";

/** The calls about a container that keep a connection of their own. */
export function openContainerStreams({
  runner,
  budgets,
}: ContainerCallDeps): Pick<ContainerCalls, "wait" | "attach" | "logs"> {
  const { endpoint } = runner;
  return {
    async wait(id, { condition, onWaiting, signal, budgetMs = budgets.wait } = {}) {
      const path = containerPath(id, "/wait", endpoint);
      const query = condition === undefined ? {} : { condition };
      const stream = await runner.stream({ method: "POST", path, query, budgetMs }, signal);
      onWaiting?.();
      const answer = await readAnswer(stream.response).catch((error: unknown) => {
        throw connectionError(stream.signal.aborted ? stream.signal.reason : error, stream.failed);
      });
      // An engine that goes down in good order ends the body without a result. That is no exit.
      if (answer.text.trim() === "") {
        throw new EngineError("unreachable", `${stream.failed.call}: the wait ended without a result`, stream.failed);
      }
      const result = objectIn<WaitResult>(answer.text, ["StatusCode"], stream.failed);
      return { exitCode: result.StatusCode, error: result.Error?.Message || undefined };
    },

    async attach(
      id,
      { stdout = true, stderr = true, stdin = false, logs = false, signal, budgetMs = budgets.attach } = {},
    ) {
      const path = containerPath(id, "/attach", endpoint);
      const query = {
        stream: 1,
        ...(stdout && { stdout: 1 }),
        ...(stderr && { stderr: 1 }),
        ...(stdin && { stdin: 1 }),
        ...(logs && { logs: 1 }),
      };
      return runner.hijack({ method: "POST", path, query, budgetMs }, signal);
    },

    async logs(
      id,
      { follow, stdout, stderr, since, until, timestamps, tail },
      { signal, budgetMs = budgets.logs } = {},
    ) {
      const path = containerPath(id, "/logs", endpoint);
      const both = stdout === undefined && stderr === undefined;
      const query = {
        ...((both || stdout === true) && { stdout: 1 }),
        ...((both || stderr === true) && { stderr: 1 }),
        ...(follow === true && { follow: 1 }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        ...(timestamps === true && { timestamps: 1 }),
        ...(tail !== undefined && { tail }),
      };
      return (await runner.stream({ method: "GET", path, query, budgetMs }, signal)).response;
    },
  };
}

interface WaitResult {
  StatusCode: number;
  Error?: { Message?: string } | null;
}
