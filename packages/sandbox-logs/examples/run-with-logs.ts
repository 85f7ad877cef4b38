import { createEngineClient } from "@berth/engine-client";
import { createSandboxLogs, type LogSettlement } from "@berth/sandbox-logs";

/** Runs one container and leaves its output in `<sandbox>/stdout` and `<sandbox>/stderr`. */
export async function runWithLogs(image: string, command: string[], sandboxDirectory: string): Promise<LogSettlement> {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath: "/var/run/docker.sock" } });
  const logs = createSandboxLogs(engine, { limits: { maxFileBytes: 10_000_000, maxFiles: 5 } });
  const { Type, Config } = logs.engineLogConfig;
  const { id } = await engine.containers.create({
    Image: image,
    Cmd: command,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { LogConfig: { Type, Config: { ...Config } } },
  });
  try {
    const session = await logs.open({ engineContainerId: id, sandboxDirectory, tty: false });
    await session.attach(); // before the start: the first byte is not missed
    await engine.containers.start(id);
    await engine.containers.wait(id);
    return await session.settle(); // before the removal: the engine's own log goes with the container
  } finally {
    await engine.containers.remove(id, { force: true, volumes: true });
    await engine.close();
  }
}
