import type { LibprocessMessage } from "@berth/libprocess";
import { decodeMessage } from "@berth/proto";
import {
  type MasterSlaveConnection,
  PingSlaveMessage,
  ShutdownMessage,
  SlaveRegisteredMessage,
  SlaveReregisteredMessage,
} from "@berth/proto/internal/messages";
import type { SessionEvent } from "./session-model.ts";

/** What a message means to the session; undefined when its body cannot be read. Those of the agent are judged by their name alone. */
export function readMessage(message: LibprocessMessage, ownId: string | undefined): SessionEvent | undefined {
  const { from, name, body } = message;
  switch (name) {
    case PingSlaveMessage.$type: {
      const ping = decodeMessage(PingSlaveMessage, body);
      return ping.ok ? { type: "ping", from, connected: ping.value.connected !== false } : undefined;
    }
    case SlaveRegisteredMessage.$type: {
      const answer = decodeMessage(SlaveRegisteredMessage, body);
      if (!answer.ok) return undefined;
      const { slaveId, connection } = answer.value;
      const agentId = slaveId?.value ?? "";
      return { type: "registered", from, agentId, ownId, pingTimeoutMs: pingTimeout(connection) };
    }
    case SlaveReregisteredMessage.$type: {
      const answer = decodeMessage(SlaveReregisteredMessage, body);
      if (!answer.ok) return undefined;
      const { slaveId, connection } = answer.value;
      const agentId = slaveId?.value ?? "";
      const pingTimeoutMs = pingTimeout(connection);
      return { type: "reregistered", from, agentId, ownId, pingTimeoutMs, message: answer.value };
    }
    case ShutdownMessage.$type: {
      const order = decodeMessage(ShutdownMessage, body);
      return order.ok ? { type: "shutdown-ordered", from, message: order.value.message ?? "" } : undefined;
    }
    default:
      return { type: "message", name, from };
  }
}

/** Undefined for what is no time to wait; a longer one than Node's timers hold is cut, 24 days are as good as never. */
function pingTimeout(connection: MasterSlaveConnection | undefined): number | undefined {
  const ms = (connection?.totalPingTimeoutSeconds ?? 0) * 1000;
  return ms > 0 ? Math.min(ms, 2 ** 31 - 1) : undefined;
}
