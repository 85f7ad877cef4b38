import { type HttpAnswer, textAnswer } from "@berth/http-endpoints";
import { parseMessage } from "@berth/proto";
import { AgentID } from "@berth/proto/v1";
import type { Books } from "../books/books.ts";
import type { MasterInput } from "../books/take-turn.ts";
import type { Model } from "./models.ts";

export interface ChangeAgentDeps {
  readonly books: () => Books;
  readonly run: (input: MasterInput) => void;
}

/** A call of `mesos.v1.master`, of which there is no codec here: JSON as it came. */
export type OperatorCall = Model & { readonly type: string };

/** DRAIN_AGENT, DEACTIVATE_AGENT and REACTIVATE_AGENT; undefined for other calls. */
export function changeAgent({ books, run }: ChangeAgentDeps, call: OperatorCall): HttpAnswer | undefined {
  const member = (call[call.type.toLowerCase()] ?? {}) as {
    agent_id?: unknown;
    max_grace_period?: unknown;
    mark_gone?: unknown;
  };
  switch (call.type) {
    case "DRAIN_AGENT":
    case "DEACTIVATE_AGENT":
    case "REACTIVATE_AGENT":
      break;
    default:
      return undefined;
  }
  const id = parseMessage(AgentID, member.agent_id ?? {}, { unknown: "ignore" });
  if (!id.ok) return textAnswer(400, `${call.type} needs an 'agent_id'`);
  const agentId = id.value.value ?? "";
  const agent = books().agents.get(agentId);
  if (agent === undefined) return textAnswer(404, `There is no agent ${agentId}`);
  if (call.type !== "DRAIN_AGENT") {
    run({ type: call.type === "DEACTIVATE_AGENT" ? "deactivate-agent" : "reactivate-agent", agentId });
    return textAnswer(200);
  }
  if (!agent.capabilities.has("AGENT_DRAINING")) return textAnswer(400, `Agent ${agentId} cannot be drained`);
  const grace = graceNanoseconds(member.max_grace_period);
  if (grace === "invalid") return textAnswer(400, "'max_grace_period' is no duration, such as {\"seconds\": 10}");
  const maxGracePeriod = grace === undefined ? {} : { maxGracePeriod: { nanoseconds: grace } };
  run({ type: "drain-agent", agentId, config: { ...maxGracePeriod, markGone: member.mark_gone === true } });
  return textAnswer(200);
}

/** A google.protobuf.Duration, `{"seconds": 10, "nanos": 0}`. */
function graceNanoseconds(duration: unknown): bigint | undefined | "invalid" {
  if (duration === undefined || duration === null) return undefined;
  const { seconds = 0, nanos = 0 } = duration as { seconds?: unknown; nanos?: unknown };
  if (!isNatural(seconds) || !isNatural(nanos)) return "invalid";
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
