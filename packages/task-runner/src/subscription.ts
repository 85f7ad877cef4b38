import type { FrameworkInfo } from "@berth/proto/v1";
import type { Call, Event } from "@berth/proto/v1/scheduler";
import { isMesosClientError, type SchedulerClient, type SchedulerSession } from "@berth/mesos-client";
import { setTimeout as delay } from "node:timers/promises";
import { TaskRunnerError } from "./errors.ts";
import { backOffMs, type BackOff } from "./back-off.ts";

/** Who is told what becomes of a subscription. Nothing here may throw. */
export interface SubscriptionListener {
  onSubscribed(again: boolean): void;
  onEvent(event: Event): void;
  /** Tried again by itself. */
  onBroken(why: string): void;
  /** The master refuses the framework for good. */
  onRefused(why: string): void;
}

/** A framework that stays subscribed, through broken streams and changes of master. */
export class Subscription {
  readonly #scheduler: SchedulerClient;
  readonly #backOff: BackOff;
  readonly #listener: SubscriptionListener;
  readonly #closing = new AbortController();
  #framework: FrameworkInfo;
  #session: SchedulerSession | undefined;
  #loop: Promise<void> = Promise.resolve();
  /** An ERROR event has come: the master has done with the framework. */
  #isOver = false;

  constructor(scheduler: SchedulerClient, framework: FrameworkInfo, backOff: BackOff, listener: SubscriptionListener) {
    this.#scheduler = scheduler;
    this.#framework = framework;
    this.#backOff = backOff;
    this.#listener = listener;
  }

  /** Subscribes for the first time. An election (503) is waited for; all else rejects with TaskRunnerError. */
  async open(): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      try {
        const session = await this.#scheduler.subscribe(this.#framework, { signal: this.#closing.signal });
        this.#framework = { ...this.#framework, id: { value: session.frameworkId } };
        this.#session = session;
        this.#loop = this.#run(session);
        return session.frameworkId;
      } catch (error) {
        if (!isElection(error) || attempt >= this.#backOff.firstAttempts) throw notSubscribed(error);
        await this.#pause(attempt);
        if (this.#closing.signal.aborted) throw new TaskRunnerError("closed", "the task runner has been closed");
      }
    }
  }

  /** Resolves at 202. Undefined when there is no session to send it on, or it broke: what matters is sent again after the next SUBSCRIBED. */
  async call(call: Call): Promise<"accepted" | { readonly refused: string } | undefined> {
    const session = this.#session;
    if (session === undefined) return undefined;
    try {
      await session.call(call);
      return "accepted";
    } catch (error) {
      if (!isMesosClientError(error)) throw error;
      if (isMesosClientError(error, "refused") && call.type === "ACCEPT") return { refused: error.message };
      // The events end with it, and the loop subscribes anew.
      if (!isMesosClientError(error, "aborted")) void session.close().catch(() => undefined);
      return undefined;
    }
  }

  /** Ends the subscription, the framework with it when `tearDown`. */
  async close(options: { readonly tearDown: boolean }): Promise<void> {
    if (options.tearDown) await this.call({ type: "TEARDOWN" });
    this.#closing.abort();
    await this.#session?.close();
    await this.#loop;
  }

  async #run(first: SchedulerSession): Promise<void> {
    let session: SchedulerSession | undefined = first;
    for (let again = false; session !== undefined; again = true) {
      this.#listener.onSubscribed(again);
      const why = await this.#listen(session);
      this.#session = undefined;
      await session.close();
      if (this.#closing.signal.aborted || this.#isOver) return;
      this.#listener.onBroken(why);
      session = await this.#subscribeAgain();
    }
  }

  async #listen(session: SchedulerSession): Promise<string> {
    try {
      for await (const event of session.events) {
        this.#isOver ||= event.type === "ERROR";
        this.#listener.onEvent(event);
      }
      return "the master ended the stream of events";
    } catch (error) {
      if (isMesosClientError(error)) return error.message;
      throw error;
    }
  }

  async #subscribeAgain(): Promise<SchedulerSession | undefined> {
    for (let attempt = 0; ; attempt++) {
      await this.#pause(attempt);
      if (this.#closing.signal.aborted) return undefined;
      try {
        this.#session = await this.#scheduler.subscribe(this.#framework, { signal: this.#closing.signal });
        return this.#session;
      } catch (error) {
        if (!isMesosClientError(error)) throw error;
        if (isMesosClientError(error, "refused") && !isElection(error)) {
          this.#listener.onRefused(error.message);
          return undefined;
        }
      }
    }
  }

  async #pause(attempt: number): Promise<void> {
    const { signal } = this.#closing;
    await delay(backOffMs(this.#backOff, attempt), undefined, { signal }).catch(() => undefined); // closed
  }
}

/** Masters answer so while none leads, and one that has just come up. */
function isElection(error: unknown): boolean {
  return isMesosClientError(error, "refused") && error.status === 503;
}

function notSubscribed(error: unknown): unknown {
  if (!isMesosClientError(error)) return error;
  if (error.code === "aborted")
    return new TaskRunnerError("closed", "the task runner has been closed", { cause: error });
  const code = error.code === "refused" && !isElection(error) ? "refused" : "master-unavailable";
  return new TaskRunnerError(code, error.message, { cause: error });
}
