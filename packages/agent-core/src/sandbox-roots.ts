import path from "node:path";
import type { SandboxListener } from "./agent-view.ts";
import type { TaskRun } from "./task/task-run.ts";

/** Under which virtual paths the sandboxes of runs can be read. Source: wire facts 6.3. */
export class SandboxRoots {
  readonly #workDirectory: string;
  readonly #listeners = new Set<SandboxListener>();
  /** By virtual path. */
  readonly #directories = new Map<string, string>();

  constructor(workDirectory: string) {
    this.#workDirectory = workDirectory;
  }

  attach(run: TaskRun): void {
    for (const virtualPath of this.#pathsOf(run)) {
      this.#directories.set(virtualPath, run.directory);
      for (const listener of this.#listeners) listener.attached(virtualPath, run.directory);
    }
  }

  /** What a later run of the executor has taken over stays. */
  detach(run: TaskRun): void {
    for (const virtualPath of this.#pathsOf(run)) {
      if (this.#directories.get(virtualPath) !== run.directory) continue;
      this.#directories.delete(virtualPath);
      for (const listener of this.#listeners) listener.detached(virtualPath);
    }
  }

  watch(listener: SandboxListener): () => void {
    this.#listeners.add(listener);
    for (const [virtualPath, directory] of this.#directories) listener.attached(virtualPath, directory);
    return () => void this.#listeners.delete(listener);
  }

  #pathsOf(run: TaskRun): readonly string[] {
    const { agentId, containerId } = run.place;
    const runs = path.posix.join("/frameworks", run.frameworkId, "executors", run.taskId, "runs");
    const full = path.posix.join(this.#workDirectory, "slaves", agentId, runs);
    return [`${full}/${containerId}`, `${full}/latest`, `${runs}/latest`];
  }
}
