import type { Pid } from "@berth/libprocess";
import type { DrainConfig } from "@berth/proto/v1";
import type { Call, Call_Subscribe } from "@berth/proto/v1/scheduler";
import { agentInput } from "../agents/agent-input.ts";
import { deactivateAgent, drainAgent, reactivateAgent, settleDrains } from "../agents/drain-agent.ts";
import { disconnectAgent } from "../agents/remove-agent.ts";
import { offerFrom } from "../allocation/offer.ts";
import { disconnectFramework } from "../scheduler/remove-framework.ts";
import { schedulerCall } from "../scheduler/scheduler-call.ts";
import { subscribe } from "../scheduler/subscribe.ts";
import type { Books } from "./books.ts";
import { pong, tick } from "./clock.ts";
import type { MasterEffect, Turn } from "./turn.ts";

export type MasterInput =
  | { readonly type: "agent-message"; readonly from: Pid; readonly name: string; readonly body: Uint8Array }
  | { readonly type: "pong"; readonly agentId: string }
  | { readonly type: "agent-link-ended"; readonly agentId: string }
  | { readonly type: "subscribe"; readonly call: Call_Subscribe; readonly streamId: string }
  | { readonly type: "stream-ended"; readonly streamId: string }
  /** Checked by `callFault` just before. */
  | { readonly type: "call"; readonly call: Call }
  | { readonly type: "drain-agent"; readonly agentId: string; readonly config: DrainConfig }
  | { readonly type: "deactivate-agent" | "reactivate-agent"; readonly agentId: string }
  | { readonly type: "tick" };

/** The whole master: what happened goes in, the books change, what is to be done comes out. Free resources are offered in the same turn. */
export function takeTurn(books: Books, input: MasterInput, now: number): readonly MasterEffect[] {
  const turn: Turn = { books, now, effects: [] };
  handle(turn, input);
  // A registration is answered before the first ping; both are due in this turn.
  if (input.type !== "tick") tick(turn);
  settleDrains(turn);
  if (books.changedAgents.size > 0) {
    const changed = [...books.changedAgents];
    books.changedAgents.clear();
    offerFrom(turn, changed, { again: false });
  }
  return turn.effects;
}

function handle(turn: Turn, input: MasterInput): void {
  const { books } = turn;
  switch (input.type) {
    case "agent-message":
      return agentInput(turn, input.from, input.name, input.body);
    case "pong":
      return pong(turn, input.agentId);
    case "agent-link-ended": {
      const agent = books.agents.get(input.agentId);
      return agent && disconnectAgent(turn, agent);
    }
    case "subscribe":
      return subscribe(turn, input.call, input.streamId);
    case "stream-ended":
      return disconnectFramework(turn, input.streamId);
    case "call": {
      const framework = books.frameworks.get(input.call.frameworkId?.value ?? "");
      return framework && schedulerCall(turn, framework, input.call);
    }
    case "drain-agent": {
      const agent = books.agents.get(input.agentId);
      return agent && drainAgent(turn, agent, input.config);
    }
    case "deactivate-agent":
    case "reactivate-agent": {
      const agent = books.agents.get(input.agentId);
      const change = input.type === "deactivate-agent" ? deactivateAgent : reactivateAgent;
      return agent && change(turn, agent);
    }
    case "tick":
      return tick(turn);
  }
}
