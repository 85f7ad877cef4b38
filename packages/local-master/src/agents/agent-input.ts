import type { Pid } from "@berth/libprocess";
import { convertMessage, decodeMessage, formatFault, type MessageCodec } from "@berth/proto";
import { Resource } from "@berth/proto/v1";
import { Resource as InternalResource } from "@berth/proto/internal";
import {
  ExecutorToFrameworkMessage,
  ExitedExecutorMessage,
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  StatusUpdateMessage,
  UnregisterSlaveMessage,
  UpdateSlaveMessage,
} from "@berth/proto/internal/messages";
import { addResources, toPostReservationRefinement } from "@berth/resources";
import { removeExecutor } from "../books/tasks.ts";
import { count, note, tellFramework, type Turn } from "../books/turn.ts";
import { registerAgent } from "./register-agent.ts";
import { removeAgent } from "./remove-agent.ts";
import { reregisterAgent } from "./reregister-agent.ts";
import { statusUpdate } from "./status-update.ts";

const handlers: ReadonlyMap<string, (turn: Turn, from: Pid, body: Uint8Array) => void> = new Map([
  on(RegisterSlaveMessage, registerAgent),
  on(ReregisterSlaveMessage, reregisterAgent),
  on(UnregisterSlaveMessage, unregisterAgent),
  on(UpdateSlaveMessage, updateAgent),
  on(StatusUpdateMessage, statusUpdate),
  on(ExitedExecutorMessage, exitedExecutor),
  on(ExecutorToFrameworkMessage, executorToFramework),
]);

/** A message to `master`. What cannot be read, or has no meaning here, is noted and dropped. */
export function agentInput(turn: Turn, from: Pid, name: string, body: Uint8Array): void {
  const handler = handlers.get(name);
  if (handler === undefined)
    return note(turn, "debug", "a message that the master does not know", { name, from: from.id });
  handler(turn, from, body);
}

/** Whether an agent has to be authenticated before this message of it counts. */
export function isRegistration(name: string): boolean {
  return name === RegisterSlaveMessage.$type || name === ReregisterSlaveMessage.$type;
}

function on<T extends object>(
  codec: MessageCodec<T>,
  handle: (turn: Turn, from: Pid, message: T) => void,
): readonly [string, (turn: Turn, from: Pid, body: Uint8Array) => void] {
  return [
    codec.$type,
    (turn, from, body) => {
      const read = decodeMessage(codec, body);
      if (read.ok) return handle(turn, from, read.value);
      note(turn, "warn", "a message that cannot be read", {
        name: codec.$type,
        from: from.id,
        why: read.faults.slice(0, 5).map(formatFault).join("; "),
      });
    },
  ];
}

function unregisterAgent(turn: Turn, from: Pid, message: UnregisterSlaveMessage): void {
  const agent = turn.books.agents.get(message.slaveId?.value ?? "");
  if (agent === undefined || agent.pid.host !== from.host || agent.pid.port !== from.port) {
    return note(turn, "warn", "somebody unregisters an agent that it is not", { agentId: message.slaveId?.value });
  }
  removeAgent(turn, agent, "the agent unregistered");
}

/** What is left of it here are oversubscribed resources and the resource version; resource providers are not served. */
function updateAgent(turn: Turn, _from: Pid, message: UpdateSlaveMessage): void {
  const agent = turn.books.agents.get(message.slaveId?.value ?? "");
  if (agent === undefined) {
    return note(turn, "warn", "an unknown agent updates itself", { agentId: message.slaveId?.value });
  }
  if (message.resourceVersionUuid !== undefined) agent.resourceVersionUuid = message.resourceVersionUuid.value;
  if (message.updateOversubscribedResources === false) return undefined;
  const revocable = (message.oversubscribedResources ?? []).map((each) =>
    convertMessage(InternalResource, Resource, each),
  );
  agent.oversubscribed = toPostReservationRefinement(revocable).filter((each) => each.revocable !== undefined);
  const owned = agent.total.filter((resource) => resource.revocable === undefined);
  agent.total = addResources(owned, agent.oversubscribed);
  turn.books.changedAgents.add(agent.id);
}

function exitedExecutor(turn: Turn, _from: Pid, message: ExitedExecutorMessage): void {
  const agent = turn.books.agents.get(message.slaveId?.value ?? "");
  const frameworkId = message.frameworkId?.value ?? "";
  const executorId = message.executorId?.value ?? "";
  // Those of command tasks are made up by the agent and not in the books.
  if (agent === undefined || removeExecutor(turn, agent, frameworkId, executorId) === undefined) {
    return note(turn, "info", "the end of an executor that is not in the books", { frameworkId, executorId });
  }
  tellFramework(turn, turn.books.frameworks.get(frameworkId), {
    type: "FAILURE",
    failure: { agentId: { value: agent.id }, executorId: { value: executorId }, status: message.status },
  });
}

function executorToFramework(turn: Turn, _from: Pid, message: ExecutorToFrameworkMessage): void {
  const framework = turn.books.frameworks.get(message.frameworkId?.value ?? "");
  if (framework === undefined || !turn.books.agents.has(message.slaveId?.value ?? "")) {
    count(turn, "master/invalid_executor_to_framework_messages");
    return note(turn, "warn", "an executor's message for an unknown framework or of an unknown agent", {});
  }
  count(turn, "master/valid_executor_to_framework_messages");
  tellFramework(turn, framework, {
    type: "MESSAGE",
    message: {
      agentId: { value: message.slaveId?.value },
      executorId: { value: message.executorId?.value },
      data: message.data,
    },
  });
}
