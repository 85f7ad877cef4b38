import type { ContainerCreateBody, HostConfig } from "@berth/engine-client";
import type { ContainerPlan, DockerLaunch, PlanFault } from "../docker-executor.ts";
import { planCommand } from "./command.ts";
import { containerName } from "./container-name.ts";
import { type DefaultDns, planDns } from "./dns.ts";
import { planEnvironment, withoutValues } from "./environment.ts";
import { createFaultSink, type FaultSink } from "./fault-sink.ts";
import { checkIdentity } from "./identity.ts";
import { checkDurations, graceMs } from "./kill-policy.ts";
import { identityLabels, labelNames, specHash } from "./labels.ts";
import { planLinux } from "./linux.ts";
import { planNetwork } from "./network.ts";
import { mergeParameters, readParameters } from "./parameters.ts";
import { planPorts } from "./ports.ts";
import { planResources, type ResourceSettings } from "./resources.ts";
import { planRlimits } from "./rlimits.ts";
import { refuseUnsupported } from "./unsupported.ts";
import { planVolumes } from "./volumes.ts";

export interface PlanSettings extends ResourceSettings {
  /** Where the container sees its sandbox. */
  readonly sandboxTarget: string;
  readonly defaultDns: readonly DefaultDns[];
  readonly defaultKillGraceMs: number;
  readonly logConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  /** The API version that the create request will go to, when it is known. */
  readonly apiVersion: string | undefined;
}

/** A plan, and what the run of it needs beside the request. */
export interface PlannedTask {
  readonly plan: ContainerPlan;
  readonly specHash: string;
  readonly tty: boolean;
  /** Paths in the sandbox that are mounted: to be made, and not to lead out of it. */
  readonly sandboxPaths: readonly string[];
  /** Variables whose value must not leave in a status. */
  readonly secretNames: ReadonlySet<string>;
}

export type PlannedTaskResult =
  | { readonly ok: true; readonly task: PlannedTask }
  | { readonly ok: false; readonly faults: readonly PlanFault[] };

/** Maps a task to one create request, or says every reason against it. Pure. */
export function planTask(launch: DockerLaunch, settings: PlanSettings): PlannedTaskResult {
  const sink = createFaultSink();
  const { task } = launch;
  checkIdentity(launch, sink);
  checkDurations(task, sink);
  refuseUnsupported(task, sink);
  const name = containerName(launch.agentId, launch.containerId);
  const environment = planEnvironment(launch, { containerName: name, sandboxTarget: settings.sandboxTarget }, sink);
  const container = task.container ?? {};
  const docker = container.docker ?? {};
  const network = planNetwork(container, sink);
  const parameters = readParameters(task, { network: network.networkMode, apiVersion: settings.apiVersion }, sink);
  const networkMode = parameters?.network ?? network.networkMode;
  checkHostname(container.hostname, networkMode, sink);
  if (network.NetworkingConfig !== undefined && networkMode !== network.networkMode) {
    sink.fault(
      "container.network_infos[0].ip_addresses",
      `cannot be used: a parameter puts the container into ${networkMode}`,
    );
  }
  const ports = planPorts(docker, task.resources ?? [], networkMode, sink);
  const volumes = planVolumes(
    container,
    { sandboxDirectory: launch.sandboxDirectory, sandboxTarget: settings.sandboxTarget },
    sink,
  );
  const ulimits = planRlimits(container.rlimitInfo, sink);
  const user = userOf(launch);
  const tty = planTty(container.ttyInfo?.windowSize, container.ttyInfo !== undefined, sink);
  const hostConfig: HostConfig = {
    NetworkMode: network.networkMode,
    LogConfig: { Type: settings.logConfig.Type, Config: { ...settings.logConfig.Config } },
    ...(docker.privileged === true && { Privileged: true }),
    ...planResources(task, settings, sink),
    ...(volumes.binds.length > 0 && { Binds: volumes.binds }),
    Mounts: volumes.mounts,
    ...(volumes.volumeDriver !== undefined && { VolumeDriver: volumes.volumeDriver }),
    ...(ports.PortBindings !== undefined && { PortBindings: ports.PortBindings }),
    ...(parameters?.usesDns !== true && planDns(docker.network ?? "HOST", networkMode, settings.defaultDns)),
    ...planLinux(container, user, sink),
    ...(ulimits.length > 0 && { Ulimits: ulimits }),
    ...tty.hostConfig,
  };
  const base: ContainerCreateBody = {
    Image: docker.image ?? "",
    AttachStdout: true,
    AttachStderr: true,
    Env: environment.env,
    ...planCommand(task.command, sink),
    ...(container.hostname !== undefined && { Hostname: container.hostname }),
    ...(user !== undefined && { User: user }),
    ...(container.ttyInfo !== undefined && { Tty: true }),
    ...(ports.ExposedPorts !== undefined && { ExposedPorts: ports.ExposedPorts }),
    StopTimeout: Math.ceil(graceMs(task, undefined, settings.defaultKillGraceMs) / 1000),
    Labels: identityLabels(launch),
    HostConfig: hostConfig,
    ...(network.NetworkingConfig !== undefined && { NetworkingConfig: network.NetworkingConfig }),
  };
  const body = mergeParameters(base, parameters, task.resources ?? [], sink);
  if (sink.faults.length > 0) return { ok: false, faults: sink.faults };
  // Labels are read by many: a hash over a short secret would give it away.
  const hash = specHash({ ...body, Env: withoutValues(body.Env ?? [], environment.secretNames) });
  return {
    ok: true,
    task: {
      plan: {
        containerName: name,
        body: { ...body, Labels: { ...body.Labels, [labelNames.specHash]: hash } },
        platform: parameters?.platform,
        pull: parameters?.pull,
        warnings: sink.warnings,
      },
      specHash: hash,
      tty: body.Tty === true,
      sandboxPaths: volumes.sandboxPaths,
      secretNames: environment.secretNames,
    },
  };
}

function checkHostname(hostname: string | undefined, networkMode: string, sink: FaultSink): void {
  if (hostname === undefined) return;
  if (networkMode === "host" || networkMode.startsWith("container:")) {
    sink.fault(
      "container.hostname",
      `Unable to set hostname with the network ${networkMode}; leave it out or use another network`,
    );
  }
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(hostname) || hostname.length > 63) {
    sink.fault(
      "container.hostname",
      `${JSON.stringify(hostname)} is no host name: at most 63 letters, digits, dots and dashes`,
    );
  }
}

/** The host's ids of the task's user, so that it can write its sandbox; the name itself when nobody has looked it up. */
function userOf(launch: DockerLaunch): string | undefined {
  const user = launch.task.command?.user;
  if (user === undefined || user === "") return undefined;
  return launch.owner === undefined ? user : `${launch.owner.uid}:${launch.owner.gid}`;
}

function planTty(
  size: { readonly rows?: number | undefined; readonly columns?: number | undefined } | undefined,
  wanted: boolean,
  sink: FaultSink,
): { readonly hostConfig: HostConfig } {
  if (!wanted || size === undefined) return { hostConfig: {} };
  const { rows = 0, columns = 0 } = size;
  if (rows < 1 || columns < 1) sink.fault("container.tty_info.window_size", "needs rows and columns of at least 1");
  sink.warn("container.tty_info.window_size takes effect with engines of API 1.42 or newer");
  return { hostConfig: { ConsoleSize: [rows, columns] } };
}
