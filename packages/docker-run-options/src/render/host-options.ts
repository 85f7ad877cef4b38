import type { HostConfig, PortBinding, ThrottleDevice } from "@berth/engine-client";
import { renderDeviceRequest, renderDevices } from "./device-text.ts";
import { renderMount } from "./mount-text.ts";
import { entries, expressed, flag, inexpressible, join, option, type Rendered, repeated, word } from "./option-text.ts";
import { byteSizeText, cpusText } from "./quantities.ts";

type Renderer<Value> = (value: Value) => readonly string[] | Rendered;

/** One entry a field, so that the compiler says when the request gains one. `undefined`: rendered elsewhere or of no use. */
const renderers: { readonly [Key in keyof HostConfig]-?: Renderer<NonNullable<HostConfig[Key]>> | undefined } = {
  Memory: (value) => amount("memory", value, byteSizeText),
  MemoryReservation: (value) => amount("memory-reservation", value, byteSizeText),
  MemorySwap: (value) => amount("memory-swap", value, byteSizeText),
  MemorySwappiness: (value) => (value === -1 ? [] : [option("memory-swappiness", value)]),
  KernelMemory: (value) => amount("kernel-memory", value, byteSizeText),
  KernelMemoryTCP: (value) => (value === 0 ? [] : inexpressible("HostConfig.KernelMemoryTCP")),
  NanoCpus: (value) => amount("cpus", value, cpusText),
  CpuShares: (value) => amount("cpu-shares", value),
  CpuPeriod: (value) => amount("cpu-period", value),
  CpuQuota: (value) => amount("cpu-quota", value),
  CpuRealtimePeriod: (value) => amount("cpu-rt-period", value),
  CpuRealtimeRuntime: (value) => amount("cpu-rt-runtime", value),
  CpusetCpus: (value) => word("cpuset-cpus", value),
  CpusetMems: (value) => word("cpuset-mems", value),
  PidsLimit: (value) => amount("pids-limit", value),
  OomKillDisable: (value) => flag("oom-kill-disable", value),
  OomScoreAdj: (value) => amount("oom-score-adj", value),
  BlkioWeight: (value) => amount("blkio-weight", value),
  BlkioWeightDevice: (value) =>
    repeated(
      "blkio-weight-device",
      value.map(({ Path, Weight }) => `${Path}:${Weight}`),
    ),
  BlkioDeviceReadBps: (value) => rates("device-read-bps", value),
  BlkioDeviceWriteBps: (value) => rates("device-write-bps", value),
  BlkioDeviceReadIOps: (value) => rates("device-read-iops", value),
  BlkioDeviceWriteIOps: (value) => rates("device-write-iops", value),
  Ulimits: (value) =>
    repeated(
      "ulimit",
      value.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`),
    ),
  ShmSize: (value) => amount("shm-size", value, byteSizeText),
  CgroupParent: (value) => word("cgroup-parent", value),
  CgroupnsMode: (value) => word("cgroupns", value),
  Cgroup: (value) => (value === "" ? [] : inexpressible("HostConfig.Cgroup")),
  Binds: (value) => repeated("volume", value),
  Mounts: (value) => join(value.map(renderMount)),
  Tmpfs: (value) =>
    Object.entries(value).map(([path, options]) => option("tmpfs", options === "" ? path : `${path}:${options}`)),
  VolumeDriver: (value) => word("volume-driver", value),
  VolumesFrom: (value) => repeated("volumes-from", value),
  StorageOpt: (value) => Object.entries(value).map(([key, text]) => option("storage-opt", `${key}=${text}`)),
  ReadonlyRootfs: (value) => flag("read-only", value),
  // With the network: a link is an alias there on a network of one's own.
  NetworkMode: undefined,
  Links: undefined,
  PortBindings: (value) => Object.entries(value).flatMap(([port, bindings]) => publish(port, bindings)),
  PublishAllPorts: (value) => flag("publish-all", value),
  Dns: (value) => repeated("dns", value),
  DnsOptions: (value) => repeated("dns-option", value),
  DnsSearch: (value) => repeated("dns-search", value),
  ExtraHosts: (value) => repeated("add-host", value),
  Devices: renderDevices,
  DeviceCgroupRules: (value) => repeated("device-cgroup-rule", value),
  DeviceRequests: (value) => join(value.map(renderDeviceRequest)),
  CapAdd: (value) => repeated("cap-add", value),
  CapDrop: (value) => repeated("cap-drop", value),
  Privileged: (value) => flag("privileged", value),
  SecurityOpt: (value) => repeated("security-opt", value),
  // Two empty lists together are systempaths=unconfined; see renderHostConfig.
  MaskedPaths: (value) => (value.length === 0 ? [] : inexpressible("HostConfig.MaskedPaths")),
  ReadonlyPaths: (value) => (value.length === 0 ? [] : inexpressible("HostConfig.ReadonlyPaths")),
  GroupAdd: (value) => repeated("group-add", value),
  UsernsMode: (value) => word("userns", value),
  UTSMode: (value) => word("uts", value),
  PidMode: (value) => word("pid", value),
  IpcMode: (value) => word("ipc", value),
  Init: (value) => [value ? "--init" : "--init=false"],
  Runtime: (value) => word("runtime", value),
  Isolation: (value) => word("isolation", value),
  Sysctls: (value) => Object.entries(value).map(([key, text]) => option("sysctl", `${key}=${text}`)),
  Annotations: (value) => entries("annotation", value),
  LogConfig: ({ Type, Config }) => [
    ...word("log-driver", Type ?? ""),
    ...Object.entries(Config ?? {}).map(([key, value]) => option("log-opt", `${key}=${value}`)),
  ],
  RestartPolicy: ({ Name = "", MaximumRetryCount: count = 0 }) =>
    Name === "" || Name === "no" ? [] : [option("restart", count === 0 ? Name : `${Name}:${count}`)],
  AutoRemove: (value) => flag("rm", value),
  ContainerIDFile: undefined,
  ConsoleSize: undefined,
  CpuCount: (value) => (value === 0 ? [] : inexpressible("HostConfig.CpuCount")),
  CpuPercent: (value) => (value === 0 ? [] : inexpressible("HostConfig.CpuPercent")),
  IOMaximumIOps: (value) => (value === 0 ? [] : inexpressible("HostConfig.IOMaximumIOps")),
  IOMaximumBandwidth: (value) => (value === 0 ? [] : inexpressible("HostConfig.IOMaximumBandwidth")),
};

/** The options of `docker run` for a HostConfig, all but the network. */
export function renderHostConfig(host: HostConfig): Rendered {
  const parts = (Object.keys(renderers) as (keyof HostConfig)[]).map((key) => {
    // The table's type ties each renderer to its own field, which the union over all keys cannot show.
    const renderer = renderers[key] as Renderer<unknown> | undefined;
    const value = host[key];
    const rendered = renderer === undefined || value === undefined || value === null ? [] : renderer(value);
    return "args" in rendered ? rendered : expressed(rendered);
  });
  return join([...parts, renderSystemPaths(host)]);
}

function renderSystemPaths({ MaskedPaths: masked, ReadonlyPaths: readonly }: HostConfig): Rendered {
  if (masked?.length === 0 && readonly?.length === 0)
    return expressed([option("security-opt", "systempaths=unconfined")]);
  return inexpressible(
    ...(masked?.length === 0 ? ["HostConfig.MaskedPaths"] : []),
    ...(readonly?.length === 0 ? ["HostConfig.ReadonlyPaths"] : []),
  );
}

function amount(name: string, value: number, text: (value: number) => string = String): string[] {
  return value === 0 ? [] : [option(name, text(value))];
}

function rates(name: string, devices: readonly ThrottleDevice[]): string[] {
  return devices.map(({ Path, Rate }) => option(name, `${Path}:${Rate}`));
}

function publish(port: string, bindings: readonly PortBinding[]): string[] {
  return bindings.map(({ HostIp: ip = "", HostPort: hostPort = "" }) => {
    const address = ip === "" ? "" : `${ip.includes(":") ? `[${ip}]` : ip}:`;
    const host = hostPort === "" && address === "" ? "" : `${hostPort}:`;
    return option("publish", `${address}${host}${port.replace(/\/tcp$/, "")}`);
  });
}
