import { engineRequest, ensureTestImage, type RealEngine } from "@berth/testkit";
import { type Bench, type BenchOptions, createBench, type LaunchedTask } from "./bench.ts";

export interface RealBench extends Bench {
  readonly socketPath: string;
  /** How many containers of this task there are, in whatever state. */
  containerCount(task: LaunchedTask): Promise<number>;
  inspect(task: LaunchedTask): Promise<RealInspect>;
}

/** What tests look at in the real engine's own words. */
export interface RealInspect {
  Config: { Env: string[]; User: string; Labels: Record<string, string>; Hostname: string; Tty: boolean };
  HostConfig: Record<string, unknown>;
  Mounts: { Type: string; Name?: string }[];
  State: { Running: boolean; OOMKilled: boolean };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

export async function createRealBench(engine: RealEngine | undefined, options: BenchOptions = {}): Promise<RealBench> {
  if (engine === undefined) throw new Error("this test needs an engine");
  const { socketPath } = engine;
  await ensureTestImage(socketPath);
  const bench = await createBench({ kind: "unix", socketPath }, options);
  return {
    ...bench,
    socketPath,
    async containerCount({ launch }) {
      const filters = encodeURIComponent(JSON.stringify({ label: [`berth.container_id=${launch.containerId}`] }));
      const answer = await engineRequest(socketPath, "GET", `/containers/json?all=1&filters=${filters}`);
      return (JSON.parse(answer.text) as unknown[]).length;
    },
    async inspect({ run }) {
      const answer = await engineRequest(socketPath, "GET", `/containers/${run.containerName}/json`);
      return JSON.parse(answer.text) as RealInspect;
    },
  };
}
