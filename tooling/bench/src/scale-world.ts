import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BenchFramework } from "./bench-framework.ts";
import { launchInFlight } from "./launch-in-flight.ts";
import { offeredResources } from "./operator-agent.ts";
import { BenchProcess } from "./processes/bench-process.ts";
import { ownUsage, type Usage } from "./processes/usage.ts";
import { benchTask } from "./stack.ts";

/** What the processes of a kind take together. */
export type Usages = Readonly<Record<"agent" | "master" | "engine" | "framework", readonly Usage[]>>;

export const scaleImage = "bench:1";

/** Agents under one master, each with a fake engine; agents, engines and master in processes of their own. */
export class ScaleWorld implements AsyncDisposable {
  readonly framework: BenchFramework;
  readonly #agentIds: readonly string[];
  readonly #engines: readonly BenchProcess<string>[];
  readonly #agents: readonly BenchProcess<null>[];
  readonly #master: BenchProcess<string>;
  readonly #all: AsyncDisposableStack;

  static async start(agentCount: number): Promise<ScaleWorld> {
    await using undo = new AsyncDisposableStack();
    const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-scale-"));
    undo.defer(() => rm(folder, { recursive: true, force: true }));
    const master = undo.use(await BenchProcess.start<string>("./master.ts"));
    const engines: BenchProcess<string>[] = [];
    const agents: BenchProcess<null>[] = [];
    for (let index = 0; index < agentCount; index += 1) {
      const engine = undo.use(await BenchProcess.start<string>("./fake-engine.ts", [scaleImage]));
      engines.push(engine);
      const flags = agentFlags(path.join(folder, String(index)), engine.ready, master.ready);
      agents.push(undo.use(await BenchProcess.start<null>("./agent.ts", flags)));
    }
    const framework = await BenchFramework.subscribe(master.ready, { checkpoint: true });
    undo.defer(() => framework.close());
    const agentIds = await framework.agents(agentCount);
    return new ScaleWorld({ framework, agentIds, engines, agents, master, all: undo.move() });
  }

  private constructor(parts: {
    readonly framework: BenchFramework;
    readonly agentIds: readonly string[];
    readonly engines: readonly BenchProcess<string>[];
    readonly agents: readonly BenchProcess<null>[];
    readonly master: BenchProcess<string>;
    readonly all: AsyncDisposableStack;
  }) {
    this.framework = parts.framework;
    this.#agentIds = parts.agentIds;
    this.#engines = parts.engines;
    this.#agents = parts.agents;
    this.#master = parts.master;
    this.#all = parts.all;
  }

  /** So many more on each agent; resolves when they run and all updates are acknowledged. `ended`: of each, when it has ended. */
  async launch(each: number, limit: number): Promise<readonly Promise<unknown>[]> {
    const ended: Promise<unknown>[] = [];
    await Promise.all(
      this.#agentIds.map((agentId) =>
        launchInFlight({
          framework: this.framework,
          agentId,
          count: each,
          limit,
          task: () => {
            const task = benchTask(scaleImage, "HOST", ["sleep", "1000"]);
            ended.push(this.framework.reached(task.taskId?.value ?? "", "TASK_FINISHED"));
            return task;
          },
          until: "TASK_RUNNING",
        }),
      ),
    );
    await this.framework.acknowledged();
    return ended;
  }

  /** All containers exit at once. */
  async endAll(): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.ask("endAll")));
  }

  async usages(): Promise<Usages> {
    const of = (processes: readonly BenchProcess<unknown>[]) => Promise.all(processes.map((each) => each.usage()));
    return {
      agent: await of(this.#agents),
      master: await of([this.#master]),
      engine: await of(this.#engines),
      framework: [ownUsage()],
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#all.disposeAsync();
  }
}

function agentFlags(folder: string, socketPath: string, master: string): readonly string[] {
  return [
    `--work_dir=${folder}/work`,
    `--fetcher_cache_dir=${folder}/fetch`,
    `--docker_socket=${socketPath}`,
    `--resources=${offeredResources}`,
    `--master=${master}`,
    "--ip=127.0.0.1",
    "--port=0",
    "--registration_backoff_factor=10ms",
    "--docker_remove_delay=0secs",
    "--logging_level=WARNING",
  ];
}
