export type AnswerHeaders = Readonly<Record<string, string>>;

/** Where a streamed answer goes. Whatever is written leaves at once. */
export interface StreamSink {
  /** Queues a chunk; false when more waits than the peer reads. Does nothing once the stream has ended. */
  write(chunk: Uint8Array): boolean;
  /** Ends the answer in order. */
  end(): void;
  /** Ends the connection: the peer sees that the answer is not whole. */
  destroy(): void;
  /** Written and not yet taken by the peer's end. */
  readonly queuedBytes: number;
  /** Aborts when the peer goes away, when the stream has ended, or the server closes. */
  readonly signal: AbortSignal;
}

/** What a route answers. Statuses are 200 unless said otherwise. */
export type HttpAnswer =
  /** JSON.stringify, bigints as numbers. Honours `?jsonp=`. */
  | {
      readonly kind: "json";
      readonly value: unknown;
      readonly status?: number | undefined;
      readonly headers?: AnswerHeaders | undefined;
    }
  /** JSON that is text already. Honours `?jsonp=`. */
  | {
      readonly kind: "json-text";
      readonly text: string;
      readonly status?: number | undefined;
      readonly headers?: AnswerHeaders | undefined;
    }
  /** Without a text the body is empty. */
  | {
      readonly kind: "text";
      readonly status: number;
      readonly text?: string | undefined;
      readonly headers?: AnswerHeaders | undefined;
    }
  | {
      readonly kind: "bytes";
      readonly status?: number | undefined;
      readonly contentType: string;
      readonly body: Uint8Array;
      readonly headers?: AnswerHeaders | undefined;
    }
  /**
   * Never compressed, the head flushed at once; chunked unless the headers give a Content-Length. An iterable is read as fast as
   * the peer reads; a function gets the sink and is not waited for.
   */
  | {
      readonly kind: "stream";
      readonly status?: number | undefined;
      readonly contentType: string;
      readonly headers?: AnswerHeaders | undefined;
      readonly body: AsyncIterable<Uint8Array> | ((sink: StreamSink) => void);
    };

export function textAnswer(status: number, text?: string, headers?: AnswerHeaders): HttpAnswer {
  return { kind: "text", status, text, headers };
}
