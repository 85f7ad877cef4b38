import type { IncomingMessage, ServerResponse } from "node:http";
import type { Pid } from "./pid.ts";

/** A message as it came. The body is the plain serialization; it may be empty. */
export interface LibprocessMessage {
  readonly from: Pid;
  /** The id of the process it is for: `slave(1)`. */
  readonly to: string;
  /** `mesos.internal.PingSlaveMessage` */
  readonly name: string;
  readonly body: Uint8Array;
}

export type MessageHandler = (message: LibprocessMessage) => void;

/** Everything that is no libprocess message: the HTTP APIs on the same port. */
export type HttpListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * libprocess messaging and HTTP on one port. Knows no Mesos message.
 *
 * INVARIANTS
 * - Messages to one destination address leave in the order of `send`, over one connection, pipelined or one after the other.
 * - `send` never throws and never waits; what cannot be delivered is dropped after the connection failed, as libprocess drops it.
 * - Idle connections, incoming and outgoing linked ones, are never closed by us.
 * - Messages that arrive over one connection are handed over in their order. A handler that throws ends nothing but is logged.
 */
export interface Libprocess {
  /** Opens the port. Rejects with LibprocessError `listen-failed`. */
  listen(): Promise<void>;
  /** The address in our PIDs (advertised when given, else bound); the port is known once it listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** What the socket is bound to. */
  readonly bound: { readonly host: string; readonly port: number };
  /** The PID of a process of ours. */
  pid(id: string): Pid;
  /** From now on messages to `id` go to `handler`; replaces an earlier one. Returns what ends it; messages then get 404. */
  spawn(id: string, handler: MessageHandler): () => void;
  /** Queues a message from our process `fromId`. */
  send(fromId: string, to: Pid, name: string, body: Uint8Array): void;
  /**
   * Opens a connection to the address of `to` that stays, and is used for all later messages there. `onExited` is called once when it
   * ends for whatever reason, or could not be opened. Returns what gives the link up without a call.
   */
  link(to: Pid, onExited: () => void): () => void;
  /**
   * The connection to the address of `to` may be dead without a sign: it is given up, and another one opened when something waits or a link
   * holds. Links do not end by it. What was written and has not arrived is gone.
   */
  renew(to: Pid): void;
  /** Called when an incoming connection ends over which messages came, with their senders. Returns what ends it. */
  onPeerGone(listener: (senders: readonly Pid[]) => void): () => void;
  /** Who serves what is no message. Only one. */
  serveHttp(listener: HttpListener): void;
  /** Resolves when what is queued has been written or `timeoutMs` has passed. */
  flush(timeoutMs: number): Promise<void>;
  /** Ends every connection and drops what was not flushed. Links end without a call. */
  close(): Promise<void>;
}
