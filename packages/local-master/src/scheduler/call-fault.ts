import { type Call, Call_Type } from "@berth/proto/v1/scheduler";
import type { Books } from "../books/books.ts";
import { frameworkInfoFault } from "./framework-info-fault.ts";

export interface CallFault {
  readonly status: number;
  readonly text: string;
}

/** Why a call is refused at once, by its status; undefined for one that is worked on. `streamId` is the request's Mesos-Stream-Id. */
export function callFault(books: Books, call: Call, streamId: string | undefined): CallFault | undefined {
  const malformed = malformedCall(call);
  if (malformed !== undefined) return { status: 400, text: `Failed to validate scheduler::Call: ${malformed}` };
  if (call.type === Call_Type.SUBSCRIBE) {
    if (streamId === undefined) return undefined;
    return { status: 400, text: "A SUBSCRIBE call must not have a 'Mesos-Stream-Id' header" };
  }
  const framework = books.frameworks.get(call.frameworkId?.value ?? "");
  if (framework === undefined) return { status: 400, text: "Framework cannot be found" };
  if (framework.streamId === undefined) return { status: 403, text: "Framework is not subscribed" };
  if (streamId === undefined)
    return { status: 400, text: "A call other than SUBSCRIBE needs a 'Mesos-Stream-Id' header" };
  if (streamId !== framework.streamId) {
    return { status: 400, text: `Mesos-Stream-Id '${streamId}' is not the one of the framework's subscription` };
  }
  if (call.type === undefined || call.type === Call_Type.UNKNOWN) {
    return { status: 501, text: "The call is of an unknown type" };
  }
  if (call.type === Call_Type.UPDATE_FRAMEWORK) {
    const fault = updateFault(books, call);
    return fault === undefined
      ? undefined
      : { status: 400, text: `'UpdateFramework.framework_info' is not valid: ${fault}` };
  }
  return undefined;
}

/** Which member belongs to a call; those that are not here need none. */
const members: Partial<Record<Call_Type, keyof Call>> = {
  SUBSCRIBE: "subscribe",
  ACCEPT: "accept",
  DECLINE: "decline",
  ACCEPT_INVERSE_OFFERS: "acceptInverseOffers",
  DECLINE_INVERSE_OFFERS: "declineInverseOffers",
  KILL: "kill",
  SHUTDOWN: "shutdown",
  ACKNOWLEDGE: "acknowledge",
  ACKNOWLEDGE_OPERATION_STATUS: "acknowledgeOperationStatus",
  RECONCILE: "reconcile",
  RECONCILE_OPERATIONS: "reconcileOperations",
  MESSAGE: "message",
  REQUEST: "request",
  UPDATE_FRAMEWORK: "updateFramework",
};

function malformedCall(call: Call): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  const member = members[call.type];
  if (member !== undefined && call[member] === undefined) {
    return `Expecting '${member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}' to be present`;
  }
  if (call.type === Call_Type.SUBSCRIBE) {
    const own = call.subscribe?.frameworkInfo?.id?.value ?? "";
    const named = call.frameworkId?.value ?? "";
    return own === named ? undefined : "'framework_id' differs from 'subscribe.framework_info.id'";
  }
  if (call.frameworkId === undefined) return "Expecting 'framework_id' to be present";
  const uuid = call.acknowledge?.uuid;
  if (call.type === Call_Type.ACKNOWLEDGE && uuid?.byteLength !== 16)
    return "'acknowledge.uuid' is no UUID of 16 bytes";
  return undefined;
}

function updateFault(books: Books, call: Call): string | undefined {
  const update = call.updateFramework ?? {};
  const framework = books.frameworks.get(call.frameworkId?.value ?? "");
  if (update.frameworkInfo?.id?.value !== framework?.id) return "'id' is not the framework's";
  for (const fixed of ["user", "checkpoint", "principal"] as const) {
    const before = framework?.info[fixed] ?? (fixed === "checkpoint" ? false : undefined);
    const after = update.frameworkInfo?.[fixed] ?? (fixed === "checkpoint" ? false : undefined);
    if (before !== after) return `'${fixed}' cannot be changed`;
  }
  return frameworkInfoFault(update);
}
