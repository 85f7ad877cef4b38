import { type CallBudgets, defaultBudgets } from "./budgets.ts";
import { type CallLimits, defaultLimits } from "./call-limits.ts";
import { CallRunner } from "./call-runner.ts";
import { createContainerCalls } from "./container-calls.ts";
import { type EngineEndpoint, endpointText } from "./endpoint.ts";
import type { CallOptions, EngineClient } from "./engine-client.ts";
import { readEvents } from "./event-stream.ts";
import { createImageCalls } from "./image-calls.ts";
import { objectIn } from "./json-answer.ts";
import { stoppableIterable } from "./stoppable-iterable.ts";
import { createTransport } from "./transport.ts";
import { VersionAgreement } from "./version-agreement.ts";

export interface EngineClientOptions {
  /** Milliseconds by call; what is left out has its default (`defaultBudgets`). */
  readonly budgets?: Partial<CallBudgets>;
  /** Calls under way at once, by class; what is left out has its default (`defaultLimits`). */
  readonly limits?: Partial<CallLimits>;
  /** How long `events` may be silent before a ping checks that the engine is there, in milliseconds; default 30,000. */
  readonly eventSilenceMs?: number;
}

/** A client for one engine. Opens nothing before the first call; `close()` it when done. */
export function createEngineClient(
  { endpoint }: { readonly endpoint: EngineEndpoint },
  options: EngineClientOptions = {},
): EngineClient {
  const budgets = { ...defaultBudgets, ...options.budgets };
  const text = endpointText(endpoint);
  const askPing = async ({ signal, budgetMs = budgets.ping }: CallOptions) =>
    runner.short({ method: "GET", path: "/_ping", budgetMs, class: undefined, unversioned: true }, [200], signal);
  const askVersion = async ({ signal, budgetMs = budgets.version }: CallOptions) => {
    const call = { method: "GET", path: "/version", budgetMs, class: "inspect", unversioned: true } as const;
    const answer = await runner.short(call, [200], signal);
    return objectIn<VersionAnswer>(answer.text, ["ApiVersion"], { call: "GET /version", endpoint: text });
  };
  const versions = new VersionAgreement(
    {
      pingedVersion: async () => singleHeader((await askPing({})).headers["api-version"]),
      oldestVersion: async () => (await askVersion({})).MinAPIVersion,
    },
    text,
  );
  const runner = new CallRunner(createTransport(endpoint), text, { ...defaultLimits, ...options.limits }, versions);
  const negotiatedApiVersion = ({ signal }: CallOptions = {}) => versions.agree(signal);
  const ping = async (options: CallOptions = {}): Promise<void> => {
    await askPing(options);
  };
  const silenceMs = options.eventSilenceMs ?? 30_000;
  const eventDeps = { runner, budgetMs: budgets.events, silenceMs, ping: (signal: AbortSignal) => ping({ signal }) };

  return {
    endpoint: text,
    containers: createContainerCalls({ runner, budgets, negotiatedApiVersion }),
    images: createImageCalls({ runner, budgets }),
    ping,
    negotiatedApiVersion,
    async version(options = {}) {
      const answer = await askVersion(options);
      return {
        version: answer.Version,
        apiVersion: answer.ApiVersion,
        minApiVersion: answer.MinAPIVersion,
        os: answer.Os,
        arch: answer.Arch,
      };
    },
    async info({ signal, budgetMs = budgets.info } = {}) {
      const answer = await runner.short({ method: "GET", path: "/info", budgetMs, class: "inspect" }, [200], signal);
      return objectIn<Record<string, unknown>>(answer.text, [], { call: "GET /info", endpoint: text });
    },
    events: (options = {}) => stoppableIterable((stop) => readEvents(eventDeps, options, stop)),
    async close() {
      runner.close();
    },
  };
}

interface VersionAnswer {
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  Os: string;
  Arch: string;
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
