import type { LibprocessMessage } from "@berth/libprocess";
import type { DetectedMaster } from "@berth/master-detector";
import type {
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  SlaveReregisteredMessage,
} from "@berth/proto/internal/messages";

/** The states of an agent. Source: wire facts 2.1. */
export type SessionState = "RECOVERING" | "DISCONNECTED" | "RUNNING" | "TERMINATING";

/** What the session asks the agent for at the moment of (re)registration. */
export interface RegistrationSource {
  /** The id of an earlier registration, or undefined. */
  agentId(): string | undefined;
  /** Everything of RegisterSlaveMessage. */
  registration(): RegisterSlaveMessage;
  /** Everything of ReregisterSlaveMessage. */
  reregistration(): ReregisterSlaveMessage;
}

/** What the session tells the agent. None may throw; promises are awaited before the next message of the master is handed on. */
export interface SessionListener {
  /** A new id: to be stored before the session counts as RUNNING. */
  onRegistered(agentId: string): Promise<void> | void;
  onReregistered(message: SlaveReregisteredMessage): Promise<void> | void;
  /** RUNNING is entered: pending updates may go. Left: they wait. */
  onStateChanged(state: SessionState, master: DetectedMaster | undefined): void;
  /** A message for the agent that is not the session's own, and that the table of 2.1 accepts in the present state. */
  onMessage(message: LibprocessMessage): void;
  /** The master orders the end (`ShutdownMessage`), or the session cannot go on (`fatal`). */
  onShutdown(shutdown: { readonly kind: "ordered" | "fatal"; readonly message: string }): void;
}

export interface MasterSession {
  readonly state: SessionState;
  readonly master: DetectedMaster | undefined;
  /** The agent has recovered: detection and registration begin. */
  start(): void;
  /** To the detected master, from the agent's PID. False when there is none; the message is then gone. */
  send(name: string, body: Uint8Array): boolean;
  /** Tells the master that the agent goes for good (SIGUSR1). */
  unregister(): void;
  /** From now on TERMINATING: pings are answered, nothing new is taken. */
  terminate(): void;
  close(): Promise<void>;
}
