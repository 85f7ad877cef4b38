import type { MasterInfo } from "@berth/proto/v1";
import { Call, type Event } from "@berth/proto/v1/scheduler";
import type { Dispatcher } from "undici";
import { MesosClientError } from "./errors.ts";
import type { EventStream } from "./event-stream.ts";
import { exchange } from "./exchange.ts";
import type { SchedulerSession } from "./scheduler-client.ts";
import { type ContentType, encodeCall } from "./wire-format.ts";

export interface SessionParts {
  readonly stream: EventStream;
  readonly streamConnection: Dispatcher;
  readonly callConnection: Dispatcher;
  /** Aborting it ends the stream. */
  readonly ending: AbortController;
}

export interface SessionOptions {
  /** Of the scheduler API of the master that leads. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: ContentType;
  readonly answerTimeoutMs: number;
}

/** A subscription that stands. */
export class Session implements SchedulerSession {
  readonly frameworkId: string;
  readonly masterInfo: MasterInfo | undefined;
  readonly masterUrl: string;
  readonly events: AsyncIterable<Event>;
  readonly #parts: SessionParts;
  readonly #options: SessionOptions;
  readonly #onClosed: () => void;
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: SessionParts, options: SessionOptions, onClosed: () => void) {
    const { subscribed } = parts.stream;
    this.frameworkId = subscribed.frameworkId?.value ?? "";
    this.masterInfo = subscribed.masterInfo;
    this.masterUrl = new URL(options.url).origin;
    this.events = this.#events(parts.stream);
    this.#parts = parts;
    this.#options = options;
    this.#onClosed = onClosed;
  }

  call(call: Call): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(new MesosClientError("aborted", "the session has been closed", { url: this.#options.url }));
    }
    // Encoded now: the caller may change the message later.
    const { contentType } = this.#options;
    let body: Uint8Array;
    try {
      body = encodeCall(Call, { ...call, frameworkId: { value: this.frameworkId } }, contentType);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    const sent = this.#last.then(() => this.#send(body));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #send(body: Uint8Array): Promise<void> {
    const { url, headers, answerTimeoutMs } = this.#options;
    const answer = await exchange(this.#parts.callConnection, {
      method: "POST",
      url,
      headers: { ...headers, "mesos-stream-id": this.#parts.stream.streamId },
      body,
      headersTimeoutMs: answerTimeoutMs,
      bodyTimeoutMs: answerTimeoutMs,
    });
    await answer.body.dump();
  }

  async #close(): Promise<void> {
    await this.#last;
    this.#parts.ending.abort();
    await Promise.all([this.#parts.streamConnection.destroy(), this.#parts.callConnection.destroy()]);
    this.#onClosed();
  }

  async *#events({ events }: EventStream): AsyncGenerator<Event, void, undefined> {
    try {
      yield* events;
    } catch (error) {
      if (this.#closing === undefined) throw error; // a stream that we ended ourselves has just ended
    }
  }
}
