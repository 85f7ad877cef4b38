import { type FrameworkInfo } from "@berth/proto/v1";
import { Call } from "@berth/proto/v1/scheduler";
import { Agent } from "undici";
import { baseUrl } from "./base-url.ts";
import { authorization, type Credential } from "./credential.ts";
import { openEventStream } from "./event-stream.ts";
import { exchange } from "./exchange.ts";
import type { SchedulerClient, SchedulerSession } from "./scheduler-client.ts";
import { Session } from "./scheduler-session.ts";
import { type ContentType, encodeCall, mediaTypes } from "./wire-format.ts";

export interface SchedulerClientOptions {
  /** `host:port`, or a http or https URL; any master, redirects are followed. */
  readonly master: string;
  readonly credential?: Credential | undefined;
  /** Default protobuf. */
  readonly contentType?: ContentType | undefined;
  /** For a connection, and for the head of an answer. Default 10 seconds. */
  readonly answerTimeoutMs?: number | undefined;
}

const defaultAnswerTimeoutMs = 10_000;

/** Throws MesosClientError `invalid-address`. Opens nothing before the first `subscribe`. */
export function createSchedulerClient(options: SchedulerClientOptions): SchedulerClient {
  return new MesosSchedulerClient(options, baseUrl(options.master));
}

class MesosSchedulerClient implements SchedulerClient {
  readonly #options: SchedulerClientOptions;
  readonly #url: string;
  readonly #sessions = new Set<Session>();

  constructor(options: SchedulerClientOptions, url: string) {
    this.#options = options;
    this.#url = url;
  }

  async subscribe(
    frameworkInfo: FrameworkInfo,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<SchedulerSession> {
    const { credential, contentType = "protobuf", answerTimeoutMs = defaultAnswerTimeoutMs } = this.#options;
    const headers = {
      ...authorization(credential),
      "content-type": mediaTypes[contentType],
      accept: mediaTypes[contentType],
    };
    const subscribe = { frameworkInfo };
    const call: Call =
      frameworkInfo.id === undefined
        ? { type: "SUBSCRIBE", subscribe }
        : { frameworkId: frameworkInfo.id, type: "SUBSCRIBE", subscribe };
    // The stream has a connection of its own: a call behind it would wait for ever.
    const connect = { timeout: answerTimeoutMs };
    const streamConnection = new Agent({ connections: 1, connect });
    const ending = new AbortController();
    const { signal } = ending;
    const giveUp = () => ending.abort();
    // Of the attempt only: the signal of a stream that stands is its session's.
    if (options.signal?.aborted === true) giveUp();
    options.signal?.addEventListener("abort", giveUp);
    try {
      const answer = await exchange(streamConnection, {
        method: "POST",
        url: `${this.#url}/api/v1/scheduler`,
        headers,
        body: encodeCall(Call, call, contentType),
        signal,
        headersTimeoutMs: answerTimeoutMs,
        bodyTimeoutMs: 0,
      });
      const stream = await openEventStream(answer, signal);
      const callConnection = new Agent({ connections: 1, pipelining: 1, connect });
      const session = new Session(
        { stream, streamConnection, callConnection, ending },
        { url: answer.url, headers, contentType, answerTimeoutMs },
        () => this.#sessions.delete(session),
      );
      this.#sessions.add(session);
      return session;
    } catch (error) {
      ending.abort();
      await streamConnection.destroy();
      throw error;
    } finally {
      options.signal?.removeEventListener("abort", giveUp);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }
}
