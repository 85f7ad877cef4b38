import { encodeRecord, type MessageCodec } from "@berth/proto";
import { messageBytes } from "./api-answer.ts";
import type { AnswerHeaders, HttpAnswer, StreamSink } from "./http-answer.ts";
import { type MessageType, mediaTypes } from "./media-type.ts";

export interface EventStreamOptions {
  /** `Mesos-Stream-Id` and the like. */
  readonly headers?: AnswerHeaders | undefined;
  /** What may wait for a peer that reads slowly before the stream is given up; 16 MiB. */
  readonly maxQueuedBytes?: number | undefined;
}

/** `closed` by us, `peer-gone`, or `too-slow`: more waited for the peer than may. */
export type EventStreamEnd = "closed" | "peer-gone" | "too-slow";

/** An answer that goes on: RecordIO records of one kind of message. */
export interface EventStream<T> {
  /** What the route returns. */
  readonly answer: HttpAnswer;
  /** Queues an event; it leaves at once. After the end it does nothing. Throws ProtoError when the event lacks a required field. */
  push(event: T): void;
  /** Ends the stream in order, after what was pushed. */
  close(): void;
  /** Resolves once, when it is over for whichever reason. */
  readonly closed: Promise<EventStreamEnd>;
}

/** The Content-Type is that of the messages, not recordio, as Mesos answers SUBSCRIBE. Events may be pushed before the answer is sent. */
export function createEventStream<T>(
  codec: MessageCodec<T>,
  type: MessageType,
  options: EventStreamOptions = {},
): EventStream<T> {
  const maxQueuedBytes = options.maxQueuedBytes ?? 16 * 1024 * 1024;
  const { promise: closed, resolve } = Promise.withResolvers<EventStreamEnd>();
  let sink: StreamSink | undefined;
  let early: Uint8Array[] = [];
  let earlyBytes = 0;
  let end: EventStreamEnd | undefined;

  const finish = (why: EventStreamEnd) => {
    if (end !== undefined) return;
    end = why;
    if (why === "too-slow") early = [];
    if (why === "closed") sink?.end();
    else sink?.destroy();
    resolve(why);
  };
  const attach = (opened: StreamSink) => {
    sink = opened;
    for (const record of early) opened.write(record);
    early = [];
    if (end === "closed") return opened.end();
    if (end !== undefined) return opened.destroy();
    if (opened.signal.aborted) return finish("peer-gone");
    opened.signal.addEventListener("abort", () => finish("peer-gone"), { once: true });
  };
  return {
    answer: { kind: "stream", contentType: mediaTypes[type], headers: options.headers, body: attach },
    closed,
    push(event) {
      if (end !== undefined) return;
      const record = encodeRecord(messageBytes(codec, event, type));
      if (sink === undefined) {
        early.push(record);
        earlyBytes += record.byteLength;
      } else {
        sink.write(record);
      }
      if ((sink?.queuedBytes ?? earlyBytes) > maxQueuedBytes) finish("too-slow");
    },
    close: () => finish("closed"),
  };
}
