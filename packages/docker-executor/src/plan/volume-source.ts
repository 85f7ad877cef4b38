import { posix } from "node:path";
import type { Mount } from "@berth/engine-client";
import type { Volume, Volume_Source } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

export interface VolumeContext {
  readonly sandboxDirectory: string;
  readonly sandboxTarget: string;
  /** `DockerInfo.volume_driver`. */
  readonly volumeDriver: string | undefined;
  /** Says which volume driver a volume names; a second, different one is a fault. */
  readonly useDriver: (driver: string, path: string) => void;
}

/** One volume as the engine takes it. */
export type PlannedVolume =
  | { readonly kind: "bind"; readonly bind: string }
  | { readonly kind: "mount"; readonly mount: Mount; readonly sandboxPath?: string };

/** Where a volume's content comes from: `host_path`, or one of the kinds of `source`. */
export function planVolumeSource(
  volume: Volume,
  target: string,
  path: string,
  context: VolumeContext,
  sink: FaultSink,
): PlannedVolume | undefined {
  const readOnly = volume.mode === "RO";
  if (volume.image !== undefined) {
    sink.fault(`${path}.image`, "volumes from images belong to the mesos containerizer; use host_path or source");
    return undefined;
  }
  if (volume.hostPath !== undefined && volume.source !== undefined) {
    sink.fault(path, "has a host_path and a source; keep one of them");
    return undefined;
  }
  if (volume.hostPath !== undefined) return planHostPath(volume.hostPath, volume, target, path, context, sink);
  if (volume.source !== undefined)
    return planSource(volume.source, { target, readOnly, path: `${path}.source` }, context, sink);
  sink.fault(path, "says neither host_path nor source; one of them must say where its content comes from");
  return undefined;
}

interface Place {
  readonly target: string;
  readonly readOnly: boolean;
  readonly path: string;
}

function planHostPath(
  hostPath: string,
  volume: Volume,
  target: string,
  path: string,
  context: VolumeContext,
  sink: FaultSink,
): PlannedVolume | undefined {
  const readOnly = volume.mode === "RO";
  const place = { target, readOnly, path: `${path}.host_path` };
  if (hostPath === "" || hostPath.includes("\0")) {
    sink.fault(`${path}.host_path`, "is no path");
    return undefined;
  }
  if (posix.isAbsolute(hostPath)) {
    // A bind makes a folder that is missing, as the original did; its text form cannot carry a colon.
    if (!hostPath.includes(":") && !target.includes(":")) {
      return { kind: "bind", bind: `${hostPath}:${target}:${readOnly ? "ro" : "rw"}` };
    }
    return { kind: "mount", mount: { Type: "bind", Source: hostPath, Target: target, ReadOnly: readOnly } };
  }
  if (!posix.isAbsolute(volume.containerPath ?? "/")) {
    sink.fault(path, "Both host_path and container_path of a volume are relative; make one of them absolute");
    return undefined;
  }
  // With a volume driver a relative host_path is the name of a volume.
  if (context.volumeDriver !== undefined)
    return { kind: "mount", mount: namedVolume(hostPath, place, context.volumeDriver) };
  return planSandboxPath(hostPath, place, context, sink);
}

function planSource(
  source: Volume_Source,
  place: Place,
  context: VolumeContext,
  sink: FaultSink,
): PlannedVolume | undefined {
  const { path } = place;
  switch (source.type) {
    case "DOCKER_VOLUME":
      return planDockerVolume(source, place, context, sink);
    case "HOST_PATH": {
      const from = source.hostPath?.path ?? "";
      if (!posix.isAbsolute(from) || from.includes("\0"))
        sink.fault(`${path}.host_path.path`, "must be an absolute path on the host");
      return { kind: "mount", mount: { ...bindMount(from, place), ...propagation(source, path, sink) } };
    }
    case "SANDBOX_PATH": {
      const type = source.sandboxPath?.type ?? "SELF";
      if (type === "PARENT")
        sink.fault(
          `${path}.sandbox_path.type`,
          "PARENT belongs to nested containers, which are not supported; use SELF",
        );
      else if (type !== "SELF") sink.fault(`${path}.sandbox_path.type`, `${type} is not known; use SELF`);
      return planSandboxPath(
        source.sandboxPath?.path ?? "",
        { ...place, path: `${path}.sandbox_path.path` },
        context,
        sink,
      );
    }
    case "SECRET":
      sink.fault(path, "volumes from secrets are not supported; use an environment variable of type SECRET");
      return undefined;
    case "CSI_VOLUME":
      sink.fault(path, "CSI volumes are not supported with Docker containers; use DOCKER_VOLUME with a driver");
      return undefined;
    case undefined:
    case "UNKNOWN":
    case "UNRECOGNIZED":
      sink.fault(`${path}.type`, "is missing or not known; use DOCKER_VOLUME, HOST_PATH or SANDBOX_PATH");
      return undefined;
  }
}

function planDockerVolume(source: Volume_Source, place: Place, context: VolumeContext, sink: FaultSink): PlannedVolume {
  const path = `${place.path}.docker_volume`;
  const name = source.dockerVolume?.name ?? "";
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    sink.fault(
      `${path}.name`,
      `${JSON.stringify(name)} cannot name a Docker volume: letters, digits, \`_\`, \`.\`, \`-\`, and a letter or digit first`,
    );
  }
  const driver = source.dockerVolume?.driver;
  if (driver !== undefined) context.useDriver(driver, `${path}.driver`);
  const options = source.dockerVolume?.driverOptions?.parameter ?? [];
  const driverOptions: Record<string, string> = {};
  for (const [index, option] of options.entries()) {
    const key = option.key ?? "";
    if (Object.hasOwn(driverOptions, key))
      sink.fault(`${path}.driver_options.parameter[${index}]`, `${key} is given twice`);
    driverOptions[key] = option.value ?? "";
  }
  return { kind: "mount", mount: namedVolume(name, place, driver ?? context.volumeDriver, driverOptions) };
}

function namedVolume(
  name: string,
  place: Place,
  driver: string | undefined,
  options: Record<string, string> = {},
): Mount {
  const hasOptions = Object.keys(options).length > 0;
  const config = { ...(driver !== undefined && { Name: driver }), ...(hasOptions && { Options: options }) };
  return {
    Type: "volume",
    Source: name,
    Target: place.target,
    ReadOnly: place.readOnly,
    ...((driver !== undefined || hasOptions) && { VolumeOptions: { DriverConfig: config } }),
  };
}

function planSandboxPath(
  relative: string,
  place: Place,
  context: VolumeContext,
  sink: FaultSink,
): PlannedVolume | undefined {
  const normal = posix.normalize(relative);
  if (
    relative === "" ||
    relative.includes("\0") ||
    posix.isAbsolute(normal) ||
    normal === ".." ||
    normal.startsWith("../")
  ) {
    sink.fault(place.path, `${JSON.stringify(relative)} must be a relative path that stays inside the sandbox`);
    return undefined;
  }
  const source = posix.join(context.sandboxDirectory, normal);
  return { kind: "mount", mount: bindMount(source, place), sandboxPath: source };
}

function bindMount(source: string, place: Place): Mount {
  return { Type: "bind", Source: source, Target: place.target, ReadOnly: place.readOnly };
}

function propagation(source: Volume_Source, path: string, sink: FaultSink): Pick<Mount, "BindOptions"> {
  const mode = source.hostPath?.mountPropagation?.mode;
  switch (mode) {
    case undefined:
    case "UNKNOWN":
      return {};
    case "HOST_TO_CONTAINER":
      return { BindOptions: { Propagation: "rslave" } };
    case "BIDIRECTIONAL":
      return { BindOptions: { Propagation: "rshared" } };
    case "UNRECOGNIZED":
      sink.fault(`${path}.host_path.mount_propagation.mode`, "is not known; use HOST_TO_CONTAINER or BIDIRECTIONAL");
      return {};
  }
}
