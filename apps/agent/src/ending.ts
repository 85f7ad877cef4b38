/**
 * How an agent ends. `leave`: tasks run on (SIGTERM, SIGINT). `unregister`: all tasks end and the master is told (SIGUSR1). `ordered`: all
 * tasks end, since the master has ordered it. `fatal`: the agent cannot go on, tasks run on.
 */
export interface Ending {
  readonly kind: "leave" | "unregister" | "ordered" | "fatal";
  readonly why: string;
}

/** Collects the reasons to end. The first one counts; one that lets go of tasks also cuts short the ending of tasks. */
export class EndingWatch {
  readonly #first = Promise.withResolvers<Ending>();
  readonly #begun = new AbortController();
  readonly #hurry = new AbortController();

  /** Resolves with the first reason. */
  get first(): Promise<Ending> {
    return this.#first.promise;
  }

  /** Aborts with the first reason: what is being started is to stop. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Aborts when tasks are let go of, at once or since there is no time left to end them: SIGTERM, also after SIGUSR1. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  end(ending: Ending): void {
    this.#first.resolve(ending);
    this.#begun.abort(new Error(`the agent is ending: ${ending.why}`));
    if (ending.kind === "leave" || ending.kind === "fatal") this.#hurry.abort();
  }
}
