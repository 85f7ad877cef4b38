import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createEngineClient, type EngineClient, type HostConfig } from "@berth/engine-client";
import { ensureTestImage, type RealEngine } from "@berth/testkit";
import type { LogRequest, LogSession, LogSettlement, SandboxLogs } from "../src/index.ts";

let counter = 0;

/** A container that has been created and attached, not started. */
export interface PreparedContainer extends AsyncDisposable {
  readonly id: string;
  readonly sandboxDirectory: string;
  readonly session: LogSession;
  /** Starts it, waits for its exit and settles the logs. */
  run(): Promise<LogSettlement>;
  file(name: string): Promise<Buffer>;
}

export function testClient(engine: RealEngine): EngineClient {
  return createEngineClient({ endpoint: { kind: "unix", socketPath: engine.socketPath } });
}

export async function prepareContainer(
  { engine, client, logs }: { engine: RealEngine; client: EngineClient; logs: SandboxLogs },
  options: { script: string; tty?: boolean; hostConfig?: HostConfig; request?: Partial<LogRequest> },
): Promise<PreparedContainer> {
  const { script, tty = false } = options;
  const image = await ensureTestImage(engine.socketPath);
  const sandboxDirectory = await mkdtemp(path.join(tmpdir(), "berth-test-sandbox-logs-"));
  counter += 1;
  const { id } = await client.containers.create(
    {
      Image: image,
      Cmd: ["sh", "-c", script],
      Tty: tty,
      AttachStdout: true,
      AttachStderr: true,
      HostConfig: { LogConfig: logs.engineLogConfig, NetworkMode: "none", ...options.hostConfig },
    },
    { name: `berth-test-sandbox-logs-${process.pid}-${counter}` },
  );
  const session = await logs.open({ engineContainerId: id, sandboxDirectory, tty, ...options.request });
  await session.attach();
  return {
    id,
    sandboxDirectory,
    session,
    async run() {
      const accepted = Promise.withResolvers<void>();
      const exit = client.containers.wait(id, { condition: "next-exit", onWaiting: () => accepted.resolve() });
      await accepted.promise;
      await client.containers.start(id);
      await exit;
      return session.settle();
    },
    file: (name) => readFile(path.join(sandboxDirectory, name)),
    async [Symbol.asyncDispose]() {
      await session.abandon();
      await client.containers.remove(id, { force: true, volumes: true });
      await rm(sandboxDirectory, { recursive: true, force: true });
    },
  };
}
