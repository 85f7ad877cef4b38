import type { CallRunner } from "./call-runner.ts";
import type { EngineClient, EngineEvent } from "./engine-client.ts";
import { EngineError } from "./errors.ts";
import { type JsonLine, readJsonLines } from "./json-lines.ts";

export interface EventStreamDeps {
  readonly runner: CallRunner;
  readonly budgetMs: number;
  /** How long the stream may be silent before the engine is asked whether it is still there. */
  readonly silenceMs: number;
  readonly ping: (signal: AbortSignal) => Promise<void>;
}

/** `GET /events` from its headers to the loss of the connection. */
export async function* readEvents(
  deps: EventStreamDeps,
  options: NonNullable<Parameters<EngineClient["events"]>[0]>,
  stop: AbortSignal,
): AsyncGenerator<EngineEvent, void, undefined> {
  const { since, filters, onConnected, signal, budgetMs = deps.budgetMs } = options;
  const query = {
    ...(since !== undefined && { since }),
    ...(filters !== undefined && { filters: JSON.stringify(filters) }),
  };
  const stream = await deps.runner.stream({ method: "GET", path: "/events", query, budgetMs }, signal, stop);
  const { response, failed } = stream;
  onConnected?.();
  const probe = probeSilence(deps, (error) =>
    response.destroy(
      new EngineError("unreachable", `${failed.call}: silent, and the engine does not answer a ping either`, failed, {
        cause: error,
      }),
    ),
  );
  response.on("data", probe.heard);
  try {
    for await (const line of readJsonLines(stream)) yield eventIn(line);
  } finally {
    probe.end();
  }
  // An engine that goes down in good order ends the stream in good order.
  throw new EngineError("unreachable", `${failed.call}: the engine ended the stream`, failed);
}

/** A quiet engine and a dead connection look alike; a ping tells them apart. */
function probeSilence(deps: EventStreamDeps, lost: (error: unknown) => void): { heard: () => void; end: () => void } {
  const over = new AbortController();
  const timer = setTimeout(() => {
    deps.ping(over.signal).then(
      () => timer.refresh(),
      (error: unknown) => {
        if (!over.signal.aborted) lost(error);
      },
    );
  }, deps.silenceMs);
  return {
    heard: () => timer.refresh(),
    end: () => {
      over.abort();
      clearTimeout(timer);
    },
  };
}

interface EventMessage {
  Type?: string;
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
  time?: number;
}

function eventIn({ value, text }: JsonLine): EngineEvent {
  const message: EventMessage = value;
  // A JSON number of 19 digits does not survive JSON.parse. A quoted name within an attribute has a backslash before its end.
  const nanos = /"timeNano":(\d+)/.exec(text)?.[1];
  return {
    type: message.Type ?? "",
    action: message.Action ?? "",
    id: message.Actor?.ID ?? "",
    attributes: message.Actor?.Attributes ?? {},
    timeNano: nanos === undefined ? BigInt(message.time ?? 0) * 1_000_000_000n : BigInt(nanos),
  };
}
