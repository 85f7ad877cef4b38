import { setTimeout as delay } from "node:timers/promises";
import { toMesosJson } from "@berth/proto";
import { TaskStatus } from "@berth/proto/v1";
import { isTerminalState, type RunningTask, type RunTaskRequest, type TaskRunner } from "@berth/task-runner";
import type { CliIo } from "../cli-io.ts";
import { exitCodeOf, exitCodes, signalExitCode } from "../exit-code.ts";
import { createBarView, createPlainView, type ProgressView } from "../output/progress-view.ts";
import { SandboxOutput } from "../output/sandbox-output.ts";
import { statusLine } from "../output/status-line.ts";
import { Interruption } from "./interruption.ts";

/** How long a reader that does not read may hold us after a second Ctrl-C. */
const impatientFlushMs = 500;

/** One `berth run` as a person sees it: states and progress on stderr, the task's output or its statuses on stdout. */
export class Session {
  readonly #io: CliIo;
  readonly #json: boolean;
  readonly #interruption: Interruption;

  constructor(io: CliIo, options: { readonly json: boolean }) {
    this.#io = io;
    this.#json = options.json;
    this.#interruption = new Interruption(io, (text) => this.note(text));
  }

  note(text: string): void {
    void this.#io.stderr.write(`${text}\n`);
  }

  /** Nothing has been started, and this is why. */
  refuse(text: string): number {
    void this.#io.stderr.write(text);
    return exitCodes.notRun;
  }

  async run(runner: TaskRunner, request: Pick<RunTaskRequest, "task" | "frameworksHome">): Promise<number> {
    const view = await this.#view();
    const last: { line?: string } = {};
    const runs = Promise.withResolvers<void>();
    const report = (status: TaskStatus) => {
      if (this.#json) void this.#io.stdout.write(`${statusJson(status)}\n`);
      const line = statusLine(status);
      // The task's output stands between its running and its end, also when the reader is behind.
      if (isTerminalState(status.state)) last.line = line;
      else view.line(line);
      if (status.state !== "TASK_RUNNING") return;
      view.clear();
      runs.resolve();
    };
    const early = this.#interruption.signal;
    if (early !== undefined) return signalExitCode(early);
    const running = await runner.run({ ...request, onStatus: report, onProgress: (progress) => view.update(progress) });
    view.line(`sandbox: ${running.sandboxDirectory}`);
    this.#interruption.aim(running);
    const end = running.ended.finally(runs.resolve);
    // Not before its TASK_RUNNING has been shown, so that a person reads things in their order.
    const following = this.#json ? undefined : runs.promise.then(() => this.#follow(running));
    const ended = await end;
    view.clear();
    await this.#settled(following);
    if (last.line !== undefined) this.note(last.line);
    return exitCodeOf(ended, this.#interruption.signal);
  }

  async #follow(running: RunningTask): Promise<SandboxOutput> {
    const { stdout, stderr } = this.#io;
    await stderr.flush();
    return new SandboxOutput(running.sandboxDirectory, { stdout, stderr }, (error) =>
      this.note(`warning: cannot show all output (${error.message}); it is in the sandbox`),
    );
  }

  /** Everything has been shown; after a second Ctrl-C a reader that stands still no longer counts. */
  async #settled(following: Promise<SandboxOutput> | undefined): Promise<void> {
    const finished = following === undefined ? this.#io.stdout.flush() : following.then((output) => output.finish());
    const impatient = this.#interruption.impatient.then(() => delay(impatientFlushMs, "impatient" as const));
    if ((await Promise.race([finished, impatient])) !== "impatient") return;
    this.#io.stdout.abandon();
    this.#io.stderr.abandon();
  }

  #view(): Promise<ProgressView> | ProgressView {
    const { terminal, stderr } = this.#io;
    return terminal === undefined ? createPlainView((text) => void stderr.write(text)) : createBarView(terminal);
  }
}

function statusJson(status: TaskStatus): string {
  return toMesosJson(TaskStatus, status);
}
