import { posix } from "node:path";
import type { HostConfig, Mount } from "@berth/engine-client";
import type { ContainerInfo, Volume } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";
import { planVolumeSource, type VolumeContext } from "./volume-source.ts";

export interface VolumesPart {
  readonly binds: string[];
  readonly mounts: Mount[];
  readonly volumeDriver: string | undefined;
  /** Absolute paths inside the sandbox that must exist, and must not lead out of it, before create. */
  readonly sandboxPaths: string[];
}

/** The task's volumes, and the sandbox as the last mount. */
export function planVolumes(
  container: ContainerInfo,
  settings: { readonly sandboxDirectory: string; readonly sandboxTarget: string },
  sink: FaultSink,
): VolumesPart {
  const part = { binds: [] as string[], mounts: [] as Mount[], sandboxPaths: [] as string[] };
  let driver = container.docker?.volumeDriver;
  const useDriver = (name: string, path: string): void => {
    if (driver !== undefined && driver !== name) {
      sink.fault(path, `Only one volume driver is supported in a container; ${name} and ${driver} are asked for`);
    }
    driver ??= name;
  };
  const context: VolumeContext = { ...settings, volumeDriver: driver, useDriver };
  const targets = new Map<string, string>([[trimSlash(posix.normalize(settings.sandboxTarget)), "the sandbox"]]);
  for (const [index, volume] of (container.volumes ?? []).entries()) {
    const path = `container.volumes[${index}]`;
    const target = targetOf(volume, path, settings.sandboxTarget, sink);
    const other = targets.get(target);
    if (other !== undefined) sink.fault(`${path}.container_path`, `${target} is taken by ${other}`);
    targets.set(target, path);
    if (volume.mode !== "RW" && volume.mode !== "RO") sink.fault(`${path}.mode`, "must be RW or RO");
    const planned = planVolumeSource(volume, target, path, context, sink);
    if (planned?.kind === "bind") part.binds.push(planned.bind);
    if (planned?.kind === "mount") part.mounts.push(planned.mount);
    if (planned?.kind === "mount" && planned.sandboxPath !== undefined) part.sandboxPaths.push(planned.sandboxPath);
  }
  part.mounts.push({ Type: "bind", Source: settings.sandboxDirectory, Target: settings.sandboxTarget });
  return { ...part, volumeDriver: driver };
}

/** Where each bind and mount of a merged request stands, when two stand at one place. */
export function repeatedTargets(config: HostConfig): string[] {
  const targets = [...(config.Binds ?? []).map(bindTarget), ...(config.Mounts ?? []).map((mount) => mount.Target)].map(
    (target) => trimSlash(posix.normalize(target)),
  );
  return [...new Set(targets.filter((target, index) => targets.indexOf(target) !== index))];
}

function bindTarget(bind: string): string {
  const parts = bind.split(":");
  return parts[1] ?? parts[0] ?? bind;
}

function targetOf(volume: Volume, path: string, sandboxTarget: string, sink: FaultSink): string {
  const containerPath = volume.containerPath ?? "";
  if (containerPath === "") sink.fault(`${path}.container_path`, "is missing");
  if (containerPath.includes("\0")) sink.fault(`${path}.container_path`, "holds a NUL character");
  const target = trimSlash(
    posix.normalize(posix.isAbsolute(containerPath) ? containerPath : posix.join(sandboxTarget, containerPath)),
  );
  if (target === "/" || target === "") sink.fault(`${path}.container_path`, "the container's root cannot be a volume");
  return target;
}

function trimSlash(text: string): string {
  return text.length > 1 && text.endsWith("/") ? text.slice(0, -1) : text;
}
