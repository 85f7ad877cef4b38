import process from "node:process";
import type { RunningTask, TaskPlacement } from "@berth/task-runner";
import type { CliIo } from "../cli-io.ts";

/** How long the engine may take over a kill before a further Ctrl-C means us. A held key sends many within a second. */
const engineTimeMs = 5_000;

/**
 * What Ctrl-C does: the first ends the task by its kill policy, the second at once. A further one after `engineTimeMs` ends us and says
 * what may be left.
 * A reader of our output that has gone counts as a first one, as SIGPIPE would be for a program run by itself.
 */
export class Interruption {
  readonly #note: (text: string) => void;
  readonly #now: () => number;
  readonly #impatient = Promise.withResolvers<void>();
  #impatientSinceMs = 0;
  #running: RunningTask | undefined;
  #place: TaskPlacement | undefined;
  #count = 0;
  #signal: NodeJS.Signals | undefined;

  constructor(io: Pick<CliIo, "onSignal" | "stdout" | "now">, note: (text: string) => void) {
    this.#note = note;
    this.#now = io.now;
    io.onSignal((signal) => this.#arrived(signal));
    io.stdout.gone.addEventListener("abort", () => this.#outputGone(io.stdout.gone.reason));
  }

  /** The signal that made us end the task. */
  get signal(): NodeJS.Signals | undefined {
    return this.#signal;
  }

  /** Resolves with the second signal. */
  get impatient(): Promise<void> {
    return this.#impatient.promise;
  }

  /** From now on signals go to this task; one that has come before does too. Called again when it is known where the task is. */
  aim(running: RunningTask, place?: TaskPlacement): void {
    this.#place = place;
    if (this.#running === running) return;
    this.#running = running;
    if (this.#count > 0) this.#kill();
  }

  #arrived(signal: NodeJS.Signals): void {
    this.#count++;
    this.#signal ??= signal;
    if (this.#count === 1) this.#note(`${signal}: ending the task by its kill policy; once more ends it at once`);
    if (this.#count === 2) {
      this.#impatientSinceMs = this.#now();
      this.#impatient.resolve();
    }
    if (this.#count > 2 && this.#now() - this.#impatientSinceMs >= engineTimeMs) this.#leave(signal);
    this.#kill();
  }

  #outputGone(reason: unknown): void {
    const { code, message } = reason as NodeJS.ErrnoException;
    if (code !== "EPIPE") this.#note(`error: cannot write to stdout: ${message}`);
    this.#signal ??= "SIGPIPE";
    this.#count ||= 1;
    this.#kill();
  }

  #kill(): void {
    this.#running?.kill(this.#count > 1 ? { force: true } : undefined);
  }

  /** Not even the engine answers. Nothing of ours may keep the person at the terminal. */
  #leave(signal: NodeJS.Signals): void {
    if (this.#place !== undefined) {
      const { agentId, containerId } = this.#place;
      process.stderr.write(
        `left without proof that the container has ended; see to it: docker rm -f mesos-${agentId}.${containerId}\n`,
      );
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
}
