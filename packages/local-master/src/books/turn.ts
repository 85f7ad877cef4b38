import type { LogFields, LogLevel } from "@berth/log";
import type { Pid } from "@berth/libprocess";
import type { Event } from "@berth/proto/v1/scheduler";
import type { AgentMessage } from "../agents/agent-message.ts";
import type { Books } from "./books.ts";
import type { AgentRecord, FrameworkRecord } from "./records.ts";

/** What is to be done, in order. */
export type MasterEffect =
  | { readonly type: "send"; readonly fromId: string; readonly to: Pid; readonly message: AgentMessage }
  /** Keep a connection to the agent, and say when it ends. Ends an earlier one of the same agent. */
  | { readonly type: "link"; readonly agentId: string; readonly pid: Pid }
  | { readonly type: "unlink"; readonly agentId: string }
  /** Whatever connection there is to the agent may be dead: the next message goes over another one. */
  | { readonly type: "renew"; readonly pid: Pid }
  /** Receive the pongs for this process. */
  | { readonly type: "observe"; readonly observerId: string; readonly agentId: string }
  | { readonly type: "stop-observing"; readonly observerId: string }
  | { readonly type: "event"; readonly streamId: string; readonly event: Event }
  | { readonly type: "end-stream"; readonly streamId: string }
  | { readonly type: "log"; readonly level: LogLevel; readonly message: string; readonly fields: LogFields };

/** One input being worked on. */
export interface Turn {
  readonly books: Books;
  readonly now: number;
  readonly effects: MasterEffect[];
}

/** From `master` to an agent. Nothing is sent to one that is not connected: it would take an old master's word for ours. */
export function sendToAgent(turn: Turn, agent: AgentRecord, message: AgentMessage): void {
  turn.effects.push({ type: "send", fromId: turn.books.pid.id, to: agent.pid, message });
}

/** What a framework without a connection would have been told is lost, as it is with the original. */
export function tellFramework(turn: Turn, framework: FrameworkRecord | undefined, event: Event): void {
  if (framework?.streamId !== undefined) turn.effects.push({ type: "event", streamId: framework.streamId, event });
}

export function note(turn: Turn, level: LogLevel, message: string, fields: LogFields): void {
  turn.effects.push({ type: "log", level, message, fields });
}

export function count(turn: Turn, metric: string): void {
  turn.books.metrics.set(metric, (turn.books.metrics.get(metric) ?? 0) + 1);
}
