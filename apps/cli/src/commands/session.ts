import { setTimeout as delay } from "node:timers/promises";
import { isTerminalState, toMesosJson } from "@berth/proto";
import { type TaskInfo, TaskStatus } from "@berth/proto/v1";
import { type RunningTask, type TaskPlacement } from "@berth/task-runner";
import type { CliIo } from "../cli-io.ts";
import { exitCodeOf } from "../exit-code.ts";
import { createBarView, createPlainView, type ProgressView } from "../output/progress-view.ts";
import { statusLine } from "../output/status-line.ts";
import type { TaskOutput, TaskSystem } from "../system/task-system.ts";
import { Interruption } from "./interruption.ts";

/** How long a reader that does not read may hold us after a second Ctrl-C. */
const impatientFlushMs = 500;

/**
 * Runs one task as a person sees it: states and progress on stderr, the task's output (with `json` its statuses) on stdout. From here on
 * signals end the task. Resolves with the exit code.
 */
export async function runSession(
  system: TaskSystem,
  task: TaskInfo,
  io: CliIo,
  options: { readonly json: boolean },
): Promise<number> {
  const { terminal, stderr } = io;
  const plain = () => createPlainView((text) => void stderr.write(text));
  const view = terminal === undefined ? plain() : await createBarView(terminal);
  return new Session(system, io, view, options.json).run(task);
}

class Session {
  readonly #system: TaskSystem;
  readonly #io: CliIo;
  readonly #view: ProgressView;
  readonly #json: boolean;
  readonly #interruption: Interruption;
  readonly #runs = Promise.withResolvers<void>();
  #lastLine: string | undefined;

  constructor(system: TaskSystem, io: CliIo, view: ProgressView, json: boolean) {
    this.#system = system;
    this.#io = io;
    this.#view = view;
    this.#json = json;
    this.#interruption = new Interruption(io, (text) => view.line(text));
  }

  async run(task: TaskInfo): Promise<number> {
    const running = await this.#system.runner.run({
      task,
      onStatus: (status) => this.#report(status),
      onProgress: (progress) => this.#view.update(progress),
      onNotice: (text) => this.#view.line(text),
    });
    this.#interruption.aim(running);
    const placed = running.placed.then((place) => this.#placed(running, place));
    const end = running.ended.finally(this.#runs.resolve);
    // Not before its TASK_RUNNING has been shown, so that a person reads things in their order.
    const following = this.#json ? undefined : this.#runs.promise.then(() => this.#follow(running));
    const ended = await end;
    await placed;
    this.#view.clear();
    await this.#settled(following);
    if (this.#lastLine !== undefined) this.#view.line(this.#lastLine);
    return exitCodeOf(ended, this.#interruption.signal);
  }

  #placed(running: RunningTask, place: TaskPlacement | undefined): void {
    if (place === undefined) return;
    this.#view.line(this.#system.sandboxLine(place));
    this.#interruption.aim(running, place);
  }

  #report(status: TaskStatus): void {
    if (this.#json) void this.#io.stdout.write(`${toMesosJson(TaskStatus, status)}\n`);
    const line = statusLine(status);
    // The task's output stands between its running and its end, also when the reader is behind.
    if (isTerminalState(status.state)) this.#lastLine = line;
    else this.#view.line(line);
    if (status.state !== "TASK_RUNNING") return;
    this.#view.clear();
    this.#runs.resolve();
  }

  async #follow(running: RunningTask): Promise<TaskOutput | undefined> {
    const { stdout, stderr } = this.#io;
    const place = await running.placed;
    await stderr.flush();
    if (place === undefined) return undefined;
    return this.#system.openOutput(place, running.frameworkId, { stdout, stderr }, (error) =>
      this.#view.line(`warning: cannot show all output (${error.message}); it is in the sandbox`),
    );
  }

  /** Everything has been shown; after a second Ctrl-C a reader that stands still no longer counts. */
  async #settled(following: Promise<TaskOutput | undefined> | undefined): Promise<void> {
    const finished = following === undefined ? this.#io.stdout.flush() : following.then((output) => output?.finish());
    const impatient = this.#interruption.impatient.then(() => delay(impatientFlushMs, "impatient" as const));
    if ((await Promise.race([finished, impatient])) !== "impatient") return;
    this.#io.stdout.abandon();
    this.#io.stderr.abandon();
  }
}
