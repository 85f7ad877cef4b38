import type { MessageCodec } from "../../src/index.ts";
import * as authentication from "../../src/gen/mesos/authentication/authentication.ts";
import * as internal from "../../src/gen/mesos/mesos.ts";
import * as containerizer from "../../src/gen/mesos/slave/containerizer.ts";
import * as agent from "../../src/gen/mesos/v1/agent/agent.ts";
import * as executor from "../../src/gen/mesos/v1/executor/executor.ts";
import * as v1 from "../../src/gen/mesos/v1/mesos.ts";
import * as scheduler from "../../src/gen/mesos/v1/scheduler/scheduler.ts";
import * as messages from "../../src/gen/messages/messages.ts";

type AnyCodec = MessageCodec<object>;

function isCodec(value: unknown): value is AnyCodec {
  return typeof value === "object" && value !== null && "$type" in value && "encode" in value;
}

/** Every generated codec but those of map entries, which no message of Mesos stands for. */
export const allCodecs: readonly AnyCodec[] = [
  v1,
  agent,
  executor,
  scheduler,
  internal,
  containerizer,
  authentication,
  messages,
]
  .flatMap((module): unknown[] => Object.values(module))
  .filter(isCodec)
  .filter((codec) => !codec.$type.endsWith("Entry"));

/** The generated codec of a full type name. */
export function codecNamed(typeName: string): AnyCodec {
  const codec = allCodecs.find(({ $type }) => $type === typeName);
  if (codec === undefined) throw new Error(`no generated codec for ${typeName}`);
  return codec;
}
