import { PassThrough, Readable } from "node:stream";
import { EngineError } from "@berth/engine-client";
import type { LogEngine } from "../src/index.ts";

/** An engine with one container, whose streams and log the test holds in its hands: for faults that a real one does not show on demand. */
export class FakeEngine {
  readonly engine: LogEngine;
  /** What `logs` answers, frames included. A function is asked each time. */
  log: Buffer | (() => Buffer) = Buffer.alloc(0);
  logCalls = 0;
  attachCalls = 0;
  /** Answers to attach, in order; the last one stays. An error is thrown. */
  #attachAnswers: (Error | undefined)[] = [undefined];
  #waiting: ((stream: PassThrough) => void)[] = [];
  #streams: PassThrough[] = [];

  constructor() {
    this.engine = {
      containers: {
        attach: async () => {
          this.attachCalls += 1;
          const answer = this.#attachAnswers.length > 1 ? this.#attachAnswers.shift() : this.#attachAnswers[0];
          if (answer !== undefined) throw answer;
          const stream = new PassThrough();
          const next = this.#waiting.shift();
          if (next === undefined) this.#streams.push(stream);
          else next(stream);
          return stream;
        },
        logs: async () => {
          this.logCalls += 1;
          return Readable.from([typeof this.log === "function" ? this.log() : this.log]);
        },
      },
    };
  }

  answerAttach(...answers: (Error | undefined)[]): void {
    this.#attachAnswers = answers;
  }

  /** The stream of the next attach that the test has not taken yet. */
  stream(): Promise<PassThrough> {
    const stream = this.#streams.shift();
    return stream === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(stream);
  }
}

export function engineFailure(code: ConstructorParameters<typeof EngineError>[0]): EngineError {
  return new EngineError(code, `the fake engine says ${code}`, { call: "POST /attach", endpoint: "fake" });
}
