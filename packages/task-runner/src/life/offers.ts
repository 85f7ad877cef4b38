import type { Offer } from "@berth/proto/v1";
import type { Call } from "@berth/proto/v1/scheduler";
import { fits, shortfall } from "../offer-fit.ts";
import { stay, type Step } from "./step.ts";
import type { LifeEffect, TaskLife } from "./task-life.ts";

/** While we wait, an agent that had too little may soon have more. */
const shortRefusalSeconds = 5;
/** What is left of the offer is nothing to us. */
const longRefusalSeconds = 3600;

/** Takes the first offer that holds the task, and gives the others back. */
export function offersCame(life: TaskLife, offers: readonly Offer[]): Step {
  const needed = life.task.resources ?? [];
  const chosen = life.phase === "waiting" ? offers.find((offer) => fits(offer, needed)) : undefined;
  const others = offers.filter((offer) => offer !== chosen);
  const refuseSeconds = life.phase === "waiting" && chosen === undefined ? shortRefusalSeconds : longRefusalSeconds;
  const decline: readonly LifeEffect[] =
    others.length === 0 ? [] : [{ kind: "call", call: declineCall(others, refuseSeconds) }];
  if (chosen === undefined) {
    const first = offers[0];
    const lacking = life.phase === "waiting" && first !== undefined ? lackOf(first, life) : life.lacking;
    return stay({ ...life, lacking }, ...decline);
  }
  const launched: TaskLife = { ...life, phase: "launched", offer: chosen, lacking: undefined };
  return stay(
    launched,
    { kind: "call", call: acceptCall(chosen, launched) },
    ...decline,
    { kind: "call", call: { type: "SUPPRESS" } },
    { kind: "timer", name: "reconcile" },
  );
}

function lackOf(offer: Offer, life: TaskLife): string {
  return `${offer.hostname ?? "an agent"} lacks ${shortfall(offer, life.task.resources ?? [])}`;
}

function acceptCall(offer: Offer, { task }: TaskLife): Call {
  const taskInfos = [{ ...task, agentId: offer.agentId }];
  return {
    type: "ACCEPT",
    accept: {
      offerIds: offer.id === undefined ? [] : [offer.id],
      operations: [{ type: "LAUNCH", launch: { taskInfos } }],
      filters: { refuseSeconds: longRefusalSeconds },
    },
  };
}

function declineCall(offers: readonly Offer[], refuseSeconds: number): Call {
  const offerIds = offers.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return { type: "DECLINE", decline: { offerIds, filters: { refuseSeconds } } };
}
