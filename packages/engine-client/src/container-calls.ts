import { apiAtLeast } from "./api-version.ts";
import type { CallBudgets } from "./budgets.ts";
import type { CallRunner } from "./call-runner.ts";
import { openContainerStreams } from "./container-streams.ts";
import type { CallOptions, ContainerCalls } from "./engine-client.ts";
import { EngineError } from "./errors.ts";
import type { ContainerInspect, ContainerSummary } from "./inspect.ts";
import { arrayIn, objectIn } from "./json-answer.ts";
import { containerPath } from "./paths.ts";
import { engineMessage, statusError } from "./status-error.ts";

/**
 * How long a stop holds its slot. By then the engine has sent the signal and only waits for the grace period; were the slot
 * held so long, eight slow stops would hold back every other stop and removal.
 */
const stopSlotMs = 250;

export interface ContainerCallDeps {
  readonly runner: CallRunner;
  readonly budgets: CallBudgets;
  readonly negotiatedApiVersion: (options?: CallOptions) => Promise<string>;
}

export function createContainerCalls(deps: ContainerCallDeps): ContainerCalls {
  const { runner, budgets } = deps;
  const { endpoint } = runner;
  const at = (id: string, rest = "") => containerPath(id, rest, endpoint);

  return {
    ...openContainerStreams(deps),

    async create(body, { name, platform, signal, budgetMs = budgets.create } = {}) {
      const path = "/containers/create";
      const query = { ...(name !== undefined && { name }), ...(platform !== undefined && { platform }) };
      const answer = await runner.short(
        { method: "POST", path, query, body, budgetMs, class: "launch" },
        [201],
        signal,
      );
      const call = { call: `POST ${path}`, endpoint };
      const created = objectIn<{ Id: string; Warnings?: string[] | null }>(answer.text, ["Id"], call);
      return { id: created.Id, warnings: created.Warnings ?? [] };
    },

    async start(id, { signal, budgetMs = budgets.start } = {}) {
      const path = at(id, "/start");
      const answer = await runner.short({ method: "POST", path, budgetMs, class: "launch" }, [204, 304], signal);
      return answer.status === 304 ? "already" : "started";
    },

    async inspect(id, { signal, budgetMs = budgets.inspect } = {}) {
      const path = at(id, "/json");
      const answer = await runner.short({ method: "GET", path, budgetMs, class: "inspect" }, [200], signal);
      const inspect = objectIn<ContainerInspect>(answer.text, ["Id", "State", "Config", "HostConfig"], {
        call: `GET ${path}`,
        endpoint,
      });
      return { inspect, rawJson: answer.text };
    },

    async list({ all, filters, signal, budgetMs = budgets.list } = {}) {
      const query = {
        ...(all === true && { all: 1 }),
        ...(filters !== undefined && { filters: JSON.stringify(filters) }),
      };
      const path = "/containers/json";
      const answer = await runner.short({ method: "GET", path, query, budgetMs, class: "inspect" }, [200], signal);
      return arrayIn<ContainerSummary>(answer.text, { call: `GET ${path}`, endpoint });
    },

    async stop(id, { graceSeconds, killSignal, signal, budgetMs }) {
      const path = at(id, "/stop");
      const call = { call: `POST ${path}`, endpoint };
      // The engine takes a negative number for "wait for ever".
      if (!(graceSeconds >= 0))
        throw new EngineError("bad-request", `a grace period of ${graceSeconds} s is none`, call);
      if (killSignal !== undefined && !apiAtLeast(await deps.negotiatedApiVersion({ signal }), "1.42")) {
        throw new EngineError(
          "unsupported",
          `${call.call}: the engine takes no signal with a stop (API 1.42 does): kill with ${killSignal} first, then stop`,
          call,
        );
      }
      const seconds = Math.ceil(graceSeconds);
      const answer = await runner.short(
        {
          method: "POST",
          path,
          query: { t: seconds, ...(killSignal !== undefined && { signal: killSignal }) },
          budgetMs: budgetMs ?? seconds * 1000 + budgets.stopMargin,
          class: "end",
          slotMs: stopSlotMs,
        },
        [204, 304],
        signal,
      );
      return answer.status === 304 ? "already" : "stopped";
    },

    async kill(id, { killSignal, signal, budgetMs = budgets.kill } = {}) {
      const path = at(id, "/kill");
      const query = killSignal === undefined ? {} : { signal: killSignal };
      const answer = await runner.short(
        { method: "POST", path, query, budgetMs, class: "control" },
        [204, 409],
        signal,
      );
      if (answer.status === 204) return "killed";
      if (/is not running/.test(engineMessage(answer))) return "not-running";
      throw statusError(answer, { call: `POST ${path}`, endpoint });
    },

    async remove(id, { force, volumes, signal, budgetMs = budgets.remove } = {}) {
      const path = at(id);
      const query = { ...(force === true && { force: 1 }), ...(volumes === true && { v: 1 }) };
      const answer = await runner.short(
        { method: "DELETE", path, query, budgetMs, class: "end" },
        [204, 404, 409],
        signal,
      );
      if (answer.status === 204) return "removed";
      if (answer.status === 404) return "gone";
      if (/removal of container .* is already in progress/.test(engineMessage(answer))) return "in-progress";
      throw statusError(answer, { call: `DELETE ${path}`, endpoint });
    },

    async update(id, resources, { signal, budgetMs = budgets.update } = {}) {
      const path = at(id, "/update");
      await runner.short({ method: "POST", path, body: resources, budgetMs, class: "control" }, [200], signal);
    },

    async pause(id, { signal, budgetMs = budgets.pause } = {}) {
      await runner.short({ method: "POST", path: at(id, "/pause"), budgetMs, class: "control" }, [204], signal);
    },

    async unpause(id, { signal, budgetMs = budgets.pause } = {}) {
      await runner.short({ method: "POST", path: at(id, "/unpause"), budgetMs, class: "control" }, [204], signal);
    },
  };
}
