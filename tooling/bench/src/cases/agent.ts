import { startBareContainer } from "../bare-container.ts";
import type { BareEngine } from "../bare-engine.ts";
import { BenchFramework } from "../bench-framework.ts";
import { processOf } from "../container-process.ts";
import { type Side, takeTurns } from "../interleave.ts";
import { startOperatorAgent } from "../operator-agent.ts";
import { type BenchResult, compare, difference } from "../result.ts";
import { benchTask, type Stack } from "../stack.ts";

export interface AgentGround {
  readonly stack: Stack;
  readonly engine: BareEngine;
  readonly image: string;
  readonly socketPath: string;
}

const command = ["sleep", "1000"];
const rounds = 20;

/**
 * What master and agent add to the containerizer: a framework in this process, the agent with its master in another, checkpoints
 * on disk, and in the same turns the containerizer alone and bare Engine calls.
 */
export async function agent(ground: AgentGround): Promise<readonly BenchResult[]> {
  await using running = await startOperatorAgent(ground.socketPath);
  const framework = await BenchFramework.subscribe(running.master, { checkpoint: true });
  const [agentId = ""] = await framework.agents(1);
  const launches = await takeTurns(rounds, launchSides(ground, framework, agentId), { warmUps: 5 });
  const exits = await takeTurns(rounds, exitSides(ground, framework, agentId), { warmUps: 5 });
  await framework.close();
  return [
    ...rows("ACCEPT to TASK_RUNNING", launches, "create + start"),
    ...rows("exit to terminal UPDATE", exits, "the wait call"),
  ];
}

type Sides<T> = Readonly<Record<"agent" | "containerizer" | "bare", T>>;

function rows(name: string, took: Sides<readonly number[]>, bare: string): readonly BenchResult[] {
  const unit = "ms";
  return [
    compare(
      { name: `${name} by master and agent, against the containerizer alone`, unit, aim: "" },
      took.agent,
      took.containerizer,
    ),
    compare({ name: `${name} by master and agent, against bare ${bare}`, unit, aim: "" }, took.agent, took.bare),
    difference({ name: `${name}: what master and agent add`, unit, aim: "<= 15" }, took.agent, took.containerizer),
  ];
}

function launchSides({ stack, engine, image }: AgentGround, framework: BenchFramework, agentId: string): Sides<Side> {
  return {
    async agent() {
      const task = benchTask(image, "HOST", command);
      const taskId = task.taskId?.value ?? "";
      await framework.offered(agentId);
      const begin = performance.now();
      const accepted = framework.launch(agentId, [task]);
      const { atMs } = await framework.reached(taskId, "TASK_RUNNING");
      await accepted;
      const killed = framework.reached(taskId, "TASK_KILLED");
      await framework.kill(taskId, agentId, { gracePeriod: { nanoseconds: 0n } });
      await killed;
      return atMs - begin;
    },
    async containerizer() {
      const begin = performance.now();
      const { running, reached } = await stack.start(benchTask(image, "HOST", command));
      const elapsedMs = (await reached("TASK_RUNNING")) - begin;
      running.kill({ force: true });
      await running.ended;
      return elapsedMs;
    },
    async bare() {
      const container = await startBareContainer(engine, image, "host", command);
      await container.remove();
      return container.launchMs;
    },
  };
}

/** Nobody asks for the end, so the task has failed. */
function exitSides({ stack, engine, image }: AgentGround, framework: BenchFramework, agentId: string): Sides<Side> {
  return {
    async agent() {
      const task = benchTask(image, "NONE", command);
      const taskId = task.taskId?.value ?? "";
      await framework.offered(agentId);
      const runs = framework.reached(taskId, "TASK_RUNNING");
      const failed = framework.reached(taskId, "TASK_FAILED");
      await framework.launch(agentId, [task]);
      const { status } = await runs;
      const pid = await processOf(engine, status.containerStatus?.containerId?.value ?? "");
      const begin = performance.now();
      process.kill(pid, "SIGKILL");
      return (await failed).atMs - begin;
    },
    async containerizer() {
      const { running, reached } = await stack.start(benchTask(image, "NONE", command));
      await reached("TASK_RUNNING");
      const failed = reached("TASK_FAILED");
      const pid = await processOf(engine, running.containerId);
      const begin = performance.now();
      process.kill(pid, "SIGKILL");
      const elapsedMs = (await failed) - begin;
      await running.ended;
      return elapsedMs;
    },
    async bare() {
      const container = await startBareContainer(engine, image, "none", command);
      const pid = await processOf(engine, container.id);
      const waiting = engine.post(`/containers/${container.id}/wait`);
      const begin = performance.now();
      process.kill(pid, "SIGKILL");
      await waiting;
      const elapsedMs = performance.now() - begin;
      await container.remove();
      return elapsedMs;
    },
  };
}
