import type { LaunchProgress } from "@berth/containerizer";
import { encodeMessage, type MessageCodec } from "@berth/proto";
import {
  ExecutorToFrameworkMessage,
  ExitedExecutorMessage,
  type StatusUpdate,
  StatusUpdateMessage,
} from "@berth/proto/internal/messages";
import { progressData } from "./progress.ts";

/** Of whom a message to the master is. */
export interface ExecutorKey {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
}

/** What the agent tells the master while it is registered. What finds no master is gone; updates are repeated by their streams. */
export class Outbox {
  readonly #send: (name: string, body: Uint8Array) => unknown;
  readonly #pid: string;

  constructor(send: (name: string, body: Uint8Array) => unknown, pid: string) {
    this.#send = send;
    this.#pid = pid;
  }

  /** A master ends without the PID. Source: wire facts 2.12. */
  statusUpdate(update: StatusUpdate): void {
    this.#post(StatusUpdateMessage, { update, pid: this.#pid });
  }

  /** The master has booked an executor that will never be; without this word it would keep the resources. */
  exitedExecutor(key: ExecutorKey): void {
    this.#post(ExitedExecutorMessage, { ...idsOf(key), status: -1 });
  }

  progress(key: ExecutorKey, progress: LaunchProgress): void {
    this.#post(ExecutorToFrameworkMessage, { ...idsOf(key), data: progressData(key.executorId, progress) });
  }

  #post<T extends object>(codec: MessageCodec<T>, message: T): void {
    this.#send(codec.$type, encodeMessage(codec, message));
  }
}

function idsOf({ agentId, frameworkId, executorId }: ExecutorKey) {
  return { slaveId: { value: agentId }, frameworkId: { value: frameworkId }, executorId: { value: executorId } };
}
