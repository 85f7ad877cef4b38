import type { FrameworkInfo } from "@berth/proto/v1";
import type { FrameworkRecord } from "./framework-record.ts";
import type { TaskRun } from "./task/task-run.ts";

/** Source: the original's MAX_COMPLETED_FRAMEWORKS. */
const maxCompletedFrameworks = 50;

export interface BookOptions {
  readonly maxCompletedExecutorsPerFramework: number;
  /** No longer shown anywhere. */
  readonly onEvicted: (run: TaskRun) => void;
}

/** Frameworks and their tasks. Everything that is asked for a message takes the same time however many there are. */
export class Book {
  readonly #options: BookOptions;
  readonly #frameworks = new Map<string, FrameworkRecord>();
  /** Of an earlier agent id; their containers still end. */
  readonly #disowned = new Set<FrameworkRecord>();
  readonly completedFrameworks: FrameworkRecord[] = [];

  constructor(options: BookOptions) {
    this.#options = options;
  }

  framework(id: string): FrameworkRecord | undefined {
    return this.#frameworks.get(id);
  }

  frameworks(): readonly FrameworkRecord[] {
    return [...this.#frameworks.values()];
  }

  /** Nothing runs, nothing waits for an acknowledgement. */
  get isEmpty(): boolean {
    return this.#frameworks.size === 0 && this.#disowned.size === 0;
  }

  open(id: string, info: FrameworkInfo, pid: string | undefined): FrameworkRecord {
    const found = this.#frameworks.get(id);
    if (found !== undefined) return found;
    const made: FrameworkRecord = {
      id,
      info,
      pid,
      tasks: new Map(),
      runs: new Set(),
      completed: [],
      terminating: false,
      saved: undefined,
    };
    this.#frameworks.set(id, made);
    return made;
  }

  add(run: TaskRun): void {
    run.framework.tasks.set(run.taskId, run);
    run.framework.runs.add(run);
  }

  /** Its id is free again. */
  release(run: TaskRun): void {
    if (run.framework.tasks.get(run.taskId) === run) run.framework.tasks.delete(run.taskId);
  }

  /** True when its framework has nothing left and went, too. */
  complete(run: TaskRun): boolean {
    const { framework } = run;
    this.release(run);
    if (!framework.runs.delete(run)) return false;
    framework.completed.push(run);
    if (framework.completed.length > this.#options.maxCompletedExecutorsPerFramework) {
      const evicted = framework.completed.shift();
      if (evicted !== undefined) this.#options.onEvicted(evicted);
    }
    if (framework.runs.size > 0) return false;
    this.#disowned.delete(framework);
    if (this.#frameworks.get(framework.id) === framework) this.#frameworks.delete(framework.id);
    this.completedFrameworks.push(framework);
    if (this.completedFrameworks.length > maxCompletedFrameworks) {
      for (const evicted of this.completedFrameworks.shift()?.completed ?? []) this.#options.onEvicted(evicted);
    }
    return true;
  }

  /** The agent starts anew under another id; returns what belonged to the old one. */
  disown(): readonly FrameworkRecord[] {
    const all = this.frameworks();
    this.#frameworks.clear();
    for (const framework of all) this.#disowned.add(framework);
    return all;
  }
}
