import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BareEngine } from "./bare-engine.ts";

export interface BareContainer {
  readonly id: string;
  /** From before create to after start. */
  readonly launchMs: number;
  remove(): Promise<void>;
}

/** The same container that a bench task makes, by one create and one start and nothing else. */
export async function startBareContainer(
  engine: BareEngine,
  image: string,
  networkMode: string,
  command: readonly string[],
): Promise<BareContainer> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-bare-"));
  const begin = performance.now();
  const created = await engine.post("/containers/create", {
    Image: image,
    Cmd: command,
    HostConfig: {
      NetworkMode: networkMode,
      Memory: 64 * 1024 * 1024,
      CpuShares: 102,
      Mounts: [{ Type: "bind", Source: folder, Target: "/mnt/mesos/sandbox" }],
      LogConfig: { Type: "local", Config: { "max-size": "5m", "max-file": "3", compress: "false" } },
    },
  });
  const { Id: id } = JSON.parse(created.text) as { Id: string };
  const started = await engine.post(`/containers/${id}/start`);
  if (started.status !== 204) throw new Error(`start: ${started.text}`);
  return {
    id,
    launchMs: performance.now() - begin,
    async remove() {
      await engine.delete(`/containers/${id}?force=1`);
      await rm(folder, { recursive: true });
    },
  };
}
