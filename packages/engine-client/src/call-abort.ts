import { EngineError } from "./errors.ts";
import type { FailedCall } from "./connection-error.ts";

/** What can end one call before its answer: the caller's signal, the budget, the client's close. The first of them wins. */
export class CallAbort {
  readonly #failed: FailedCall;
  readonly #callerSignals: readonly AbortSignal[];
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  readonly #onCallerAbort = (event: Event) => this.#abortFor((event.target as AbortSignal).reason);

  constructor(failed: FailedCall, callerSignals: readonly (AbortSignal | undefined)[]) {
    this.#failed = failed;
    this.#callerSignals = callerSignals.filter((signal) => signal !== undefined);
    for (const signal of this.#callerSignals) {
      if (signal.aborted) this.#abortFor(signal.reason);
      else signal.addEventListener("abort", this.#onCallerAbort, { once: true });
    }
  }

  /** Its reason is always an EngineError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  startBudget(budgetMs: number): void {
    this.#timer = setTimeout(
      () => {
        const text = `no answer from ${this.#failed.endpoint} within ${budgetMs} ms; whether the engine still does it is unknown`;
        this.abort(new EngineError("timeout", `${this.#failed.call}: ${text}`, { ...this.#failed, budgetMs }));
        // A timer that is longer than Node can count would fire at once.
      },
      Math.min(budgetMs, 0x7fff_ffff),
    );
  }

  stopBudget(): void {
    clearTimeout(this.#timer);
  }

  abort(reason: EngineError): void {
    this.#controller.abort(reason);
  }

  /** After this nothing ends the call any more. */
  dispose(): void {
    this.stopBudget();
    for (const signal of this.#callerSignals) signal.removeEventListener("abort", this.#onCallerAbort);
  }

  #abortFor(cause: unknown): void {
    this.abort(new EngineError("aborted", `${this.#failed.call}: aborted by the caller`, this.#failed, { cause }));
  }
}
