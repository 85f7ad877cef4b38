import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer } from "./serve-bench.ts";
import type { Usage } from "./usage.ts";

/** A process of the bench that answers questions (`serveBench`). It has this one's Node options. */
export class BenchProcess<Ready> implements AsyncDisposable {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #pending: Map<number, PromiseWithResolvers<unknown>>;
  readonly #ended: Promise<void>;
  #last = 0;

  /** `entry`: a file beside this one. */
  static async start<Ready>(entry: string, argv: readonly string[] = []): Promise<BenchProcess<Ready>> {
    const child = fork(fileURLToPath(new URL(entry, import.meta.url)), argv);
    const pending = new Map<number, PromiseWithResolvers<unknown>>();
    const ready = Promise.withResolvers<unknown>();
    pending.set(0, ready);
    child.on("message", (message) => {
      const answer = message as Answer;
      const question = pending.get(answer.id);
      pending.delete(answer.id);
      if ("error" in answer) question?.reject(new Error(`${entry}: ${answer.error}`));
      else question?.resolve(answer.value);
    });
    const ended = new Promise<void>((resolve) => {
      child.once("exit", (code, signal) => {
        for (const { reject } of pending.values()) reject(new Error(`${entry} ended with ${code ?? signal}`));
        resolve();
      });
    });
    return new BenchProcess((await ready.promise) as Ready, { child, pending, ended });
  }

  private constructor(
    ready: Ready,
    parts: {
      readonly child: ChildProcess;
      readonly pending: Map<number, PromiseWithResolvers<unknown>>;
      readonly ended: Promise<void>;
    },
  ) {
    this.ready = ready;
    this.#child = parts.child;
    this.#pending = parts.pending;
    this.#ended = parts.ended;
  }

  async ask<Value>(name: string, value?: unknown): Promise<Value> {
    this.#last += 1;
    const question = Promise.withResolvers<unknown>();
    this.#pending.set(this.#last, question);
    this.#child.send({ id: this.#last, name, value: value ?? null });
    return (await question.promise) as Value;
  }

  usage(): Promise<Usage> {
    return this.ask("usage");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
