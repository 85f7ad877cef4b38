import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import { FileFollower, type FollowSink } from "./file-follower.ts";

/** Where inotify says nothing (its watches are used up, a network file system), we look this often. */
const pollMs = 500;

/** Copies the task's `stdout` and `stderr` from its sandbox as they grow. */
export class SandboxOutput {
  readonly #followers: readonly FileFollower[];
  readonly #onTrouble: (error: Error) => void;
  readonly #told = new Set<string>();
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: NodeJS.Timeout;

  /** `onTrouble` is told once of each thing that kept output from being shown; it is in the sandbox all the same. */
  constructor(
    sandboxDirectory: string,
    sinks: { readonly stdout: FollowSink; readonly stderr: FollowSink },
    onTrouble: (error: Error) => void,
  ) {
    this.#onTrouble = onTrouble;
    this.#followers = [
      new FileFollower(path.join(sandboxDirectory, "stdout"), sinks.stdout),
      new FileFollower(path.join(sandboxDirectory, "stderr"), sinks.stderr),
    ];
    this.#watcher = this.#watch(sandboxDirectory);
    this.#timer = setInterval(() => this.#poke(), pollMs);
    this.#poke();
  }

  /** Call when the task has ended. Resolves when its last byte has been handed over. */
  async finish(): Promise<void> {
    this.#watcher?.close();
    clearInterval(this.#timer);
    const ends = await Promise.allSettled(this.#followers.map((follower) => follower.finish()));
    for (const end of ends) if (end.status === "rejected") this.#trouble(end.reason);
  }

  #poke(): void {
    for (const follower of this.#followers) {
      follower.poke().catch((error: unknown) => this.#trouble(error));
    }
  }

  #trouble(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    if (this.#told.has(error.message)) return;
    this.#told.add(error.message);
    this.#onTrouble(error);
  }

  #watch(directory: string): FSWatcher | undefined {
    try {
      const watcher = watch(directory, { persistent: false }, () => this.#poke());
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      return undefined; // the timer serves alone
    }
  }
}
