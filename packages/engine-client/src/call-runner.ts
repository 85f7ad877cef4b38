import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { CallAbort } from "./call-abort.ts";
import type { CallClass, CallLimits } from "./call-limits.ts";
import { CallQueue, type ReleaseSlot } from "./call-queue.ts";
import { connectionError, type FailedCall } from "./connection-error.ts";
import { EngineError } from "./errors.ts";
import { readAnswer } from "./read-answer.ts";
import { type Answer, refusedForItsVersion, statusError } from "./status-error.ts";
import type { Transport, WireRequest } from "./transport.ts";

/** A call in the words of the API; the version prefix comes later. */
export interface Call extends Omit<WireRequest, "signal"> {
  /** Undefined for no limit of time. */
  readonly budgetMs: number | undefined;
  /** Sent as it is, without `/vX.YY`: what must work before the version is known. */
  readonly unversioned?: boolean;
}

export interface ShortCall extends Call {
  /** Undefined: never queued. */
  readonly class: CallClass | undefined;
  /** Gives the slot to the next after this time, though the answer is still out: the engine is only waiting by then. */
  readonly slotMs?: number;
}

export interface OpenedStream {
  readonly response: IncomingMessage;
  /** Aborts when the caller, the client's close or `end` ended the stream; its reason is the EngineError to throw. */
  readonly signal: AbortSignal;
  readonly failed: FailedCall;
}

/** Runs calls: queue, version, budget, abort, one safe retry, and an EngineError for whatever goes wrong. */
export class CallRunner {
  readonly endpoint: string;
  readonly #transport: Transport;
  readonly #queues: Readonly<Record<CallClass, CallQueue>>;
  readonly #underWay = new Set<CallAbort>();
  readonly #versions: VersionSource;
  #closed = false;

  constructor(transport: Transport, endpoint: string, limits: CallLimits, versions: VersionSource) {
    this.#transport = transport;
    this.endpoint = endpoint;
    this.#versions = versions;
    this.#queues = {
      launch: new CallQueue(limits.launch),
      end: new CallQueue(limits.end),
      control: new CallQueue(limits.control),
      inspect: new CallQueue(limits.inspect),
      imageRemove: new CallQueue(limits.imageRemove),
    };
  }

  /** The whole answer, whose status is one of `expected`; any other fails. */
  async short(call: ShortCall, expected: readonly number[], callerSignal: AbortSignal | undefined): Promise<Answer> {
    const failed = this.#failedCall(call);
    const abort = this.#begin(failed, [callerSignal]);
    let release: ReleaseSlot | undefined;
    let slotTimer: NodeJS.Timeout | undefined;
    try {
      if (call.class !== undefined) release = await this.#queues[call.class].acquire(abort.signal);
      const exchange = async (request: WireRequest): Promise<Answer> => {
        if (call.budgetMs !== undefined) abort.startBudget(call.budgetMs);
        if (call.slotMs !== undefined && release !== undefined) slotTimer = setTimeout(release, call.slotMs);
        return readAnswer(await this.#sendSafely(request));
      };
      const answer = await this.#versioned(call, abort, exchange, (answer) => refusedForItsVersion(answer));
      if (!expected.includes(answer.status)) throw statusError(answer, failed);
      return answer;
    } catch (error) {
      throw reasonFor(error, abort, failed);
    } finally {
      clearTimeout(slotTimer);
      release?.();
      this.#end(abort);
    }
  }

  /** The headers of an answer with status 200; the body is the caller's. The budget ends with the headers. */
  async stream(call: Call, ...callerSignals: readonly (AbortSignal | undefined)[]): Promise<OpenedStream> {
    const failed = this.#failedCall(call);
    const abort = this.#begin(failed, callerSignals);
    try {
      const send = (request: WireRequest) => {
        if (call.budgetMs !== undefined) abort.startBudget(call.budgetMs);
        return this.#transport.send(request, "stream");
      };
      const response = await this.#versioned(call, abort, send, () => false);
      if (response.statusCode !== 200) throw statusError(await readAnswer(response), failed);
      abort.stopBudget();
      // The caller may not be reading yet when the connection breaks; it learns of it when it does.
      response.on("error", () => undefined);
      abort.signal.addEventListener("abort", () => response.destroy(abort.signal.reason as EngineError), {
        once: true,
      });
      response.once("close", () => this.#end(abort));
      return { response, signal: abort.signal, failed };
    } catch (error) {
      this.#end(abort);
      throw reasonFor(error, abort, failed);
    }
  }

  /** The raw connection after a switch of protocols. */
  async hijack(call: Call, callerSignal: AbortSignal | undefined): Promise<Socket> {
    const failed = this.#failedCall(call);
    const abort = this.#begin(failed, [callerSignal]);
    try {
      const send = (request: WireRequest) => {
        if (call.budgetMs !== undefined) abort.startBudget(call.budgetMs);
        return this.#transport.upgrade(request);
      };
      const upgraded = await this.#versioned(call, abort, send, () => false);
      if ("answer" in upgraded) throw statusError(await readAnswer(upgraded.answer), failed);
      abort.stopBudget();
      const { socket } = upgraded;
      // As above: a connection that breaks before the caller listens must not end the process.
      socket.on("error", () => undefined);
      abort.signal.addEventListener("abort", () => socket.destroy(abort.signal.reason as EngineError), { once: true });
      socket.once("close", () => this.#end(abort));
      return socket;
    } catch (error) {
      this.#end(abort);
      throw reasonFor(error, abort, failed);
    }
  }

  /** Ends everything under way with `aborted` and refuses what comes later. */
  close(): void {
    this.#closed = true;
    for (const abort of this.#underWay) abort.abort(closedError({ call: "close", endpoint: this.endpoint }));
    this.#transport.dropKeptSockets();
  }

  #failedCall(call: Call): FailedCall {
    return { call: `${call.method} ${call.path}`, endpoint: this.endpoint };
  }

  #begin(failed: FailedCall, signals: readonly (AbortSignal | undefined)[]): CallAbort {
    const abort = new CallAbort(failed, signals);
    if (this.#closed) abort.abort(closedError(failed));
    this.#underWay.add(abort);
    return abort;
  }

  #end(abort: CallAbort): void {
    abort.dispose();
    this.#underWay.delete(abort);
  }

  /** An engine that was exchanged for another may not speak the version agreed with the first: then it is agreed anew, once. */
  async #versioned<T>(
    call: Call,
    abort: CallAbort,
    exchange: (request: WireRequest) => Promise<T>,
    refused: (result: T) => boolean,
  ): Promise<T> {
    const { signal } = abort;
    const at = (version: string | undefined) => ({
      ...call,
      signal,
      path: version === undefined ? call.path : `/v${version}${call.path}`,
    });
    signal.throwIfAborted();
    if (call.unversioned === true) return exchange(at(undefined));
    const version = this.#versions.agreed ?? (await this.#versions.agree(signal));
    const result = await exchange(at(version));
    if (!refused(result)) return result;
    abort.stopBudget();
    this.#versions.forget(version);
    return exchange(at(await this.#versions.agree(signal)));
  }

  /**
   * A GET on a kept socket that turns out to be closed goes out once more on a new one. Nothing else is sent twice: the
   * engine may have done it.
   */
  async #sendSafely(request: WireRequest): Promise<IncomingMessage> {
    try {
      return await this.#transport.send(request, "short");
    } catch (error) {
      if (request.signal.aborted || !this.#transport.cameFromKeptSocket(error)) throw error;
      // Whatever closed one kept socket closed the others.
      this.#transport.dropKeptSockets();
      if (request.method !== "GET") throw error;
      return this.#transport.send(request, "short");
    }
  }
}

/** Where the runner learns what version its requests carry. */
export interface VersionSource {
  readonly agreed: string | undefined;
  agree(signal: AbortSignal): Promise<string>;
  /** Drops the agreement if it is still this one. */
  forget(version: string): void;
}

/** When the call was ended from this side, that is the reason, whatever the connection said as it went down. */
function reasonFor(error: unknown, abort: CallAbort, failed: FailedCall): EngineError {
  return connectionError(abort.signal.aborted ? abort.signal.reason : error, failed);
}

function closedError(failed: FailedCall): EngineError {
  return new EngineError("aborted", `${failed.call}: the engine client was closed`, failed);
}
