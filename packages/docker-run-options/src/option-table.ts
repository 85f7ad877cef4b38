import {
  bool,
  bytes,
  custom,
  int,
  list,
  map,
  never,
  type OptionKind,
  scalar,
  swapBytes,
  text,
  words,
} from "./option-kinds.ts";
import * as special from "./special-options.ts";
import { parseExtraHost, parseDnsSearch, parseIpAddress } from "./values/addresses.ts";
import { parseByteRate, parseDeviceWeight, parseOperationRate } from "./values/block-device.ts";
import { parseCpus } from "./values/cpus.ts";
import { parseDeviceCgroupRule } from "./values/device.ts";
import { parseInteger, uint16 } from "./values/go-numbers.ts";
import { parseLabel, parseLink, parsePair, parseStorageOption, parseSysctl, parseTmpfs } from "./values/key-values.ts";

/** One option of `docker run`. The table of them is the documentation of what Berth takes. */
export interface RunOption extends OptionKind {
  readonly name: string;
  /** Its single letter. */
  readonly short?: string;
  /** Other names that docker's client keeps for it. */
  readonly aliases?: readonly string[];
  /** The first Engine API version that knows it, when later than the oldest that Berth serves (1.41). */
  readonly minApiVersion?: string;
}

const attached = "Berth itself attaches to the container to write the sandbox's stdout and stderr";
const windows = "it is for Windows containers, and Berth serves Linux engines";
const sandboxLogs = "Berth writes the logs into the sandbox and sets the engine's own copy itself";

/** Every option that the docker 28 client knows, by name. */
export const runOptions: readonly RunOption[] = [
  { name: "add-host", ...list("HostConfig.ExtraHosts", parseExtraHost) },
  { name: "annotation", ...map("HostConfig.Annotations", parsePair), minApiVersion: "1.43" },
  { name: "attach", short: "a", ...never("list", attached) },
  { name: "blkio-weight", ...int("HostConfig.BlkioWeight", (value) => parseInteger(value, uint16)) },
  { name: "blkio-weight-device", ...list("HostConfig.BlkioWeightDevice", parseDeviceWeight) },
  { name: "cap-add", ...words("HostConfig.CapAdd") },
  { name: "cap-drop", ...words("HostConfig.CapDrop") },
  { name: "cgroup-parent", ...text("HostConfig.CgroupParent") },
  { name: "cgroupns", ...text("HostConfig.CgroupnsMode", special.cgroupnsMode) },
  { name: "cidfile", ...never("string", "it would write a file on the agent's host") },
  { name: "cpu-count", ...never("int", windows) },
  { name: "cpu-percent", ...never("int", windows) },
  { name: "cpu-period", ...int("HostConfig.CpuPeriod") },
  { name: "cpu-quota", ...int("HostConfig.CpuQuota") },
  { name: "cpu-rt-period", ...int("HostConfig.CpuRealtimePeriod") },
  { name: "cpu-rt-runtime", ...int("HostConfig.CpuRealtimeRuntime") },
  { name: "cpu-shares", short: "c", ...int("HostConfig.CpuShares") },
  { name: "cpus", ...scalar<number>("decimal", "HostConfig.NanoCpus", parseCpus) },
  { name: "cpuset-cpus", ...text("HostConfig.CpusetCpus") },
  { name: "cpuset-mems", ...text("HostConfig.CpusetMems") },
  { name: "detach", short: "d", ...never("bool", attached) },
  { name: "detach-keys", ...never("string", "no terminal of a user is ever attached") },
  { name: "device", ...custom("list", "HostConfig.Devices, HostConfig.DeviceRequests", special.device) },
  { name: "device-cgroup-rule", ...list("HostConfig.DeviceCgroupRules", parseDeviceCgroupRule) },
  { name: "device-read-bps", ...list("HostConfig.BlkioDeviceReadBps", parseByteRate) },
  { name: "device-read-iops", ...list("HostConfig.BlkioDeviceReadIOps", parseOperationRate) },
  { name: "device-write-bps", ...list("HostConfig.BlkioDeviceWriteBps", parseByteRate) },
  { name: "device-write-iops", ...list("HostConfig.BlkioDeviceWriteIOps", parseOperationRate) },
  { name: "disable-content-trust", ...custom("bool", "", special.disableContentTrust) },
  { name: "dns", ...list("HostConfig.Dns", parseIpAddress) },
  { name: "dns-option", aliases: ["dns-opt"], ...words("HostConfig.DnsOptions") },
  { name: "dns-search", ...list("HostConfig.DnsSearch", parseDnsSearch) },
  { name: "domainname", ...text("Domainname") },
  // An empty entrypoint is a value: it removes the image's.
  { name: "entrypoint", ...custom("string", "Entrypoint", (draft, value) => (draft.config.Entrypoint = [value])) },
  { name: "env", short: "e", ...custom("list", "Env", special.environment) },
  { name: "env-file", ...never("list", "it would read a file of the agent's host; give each variable as env") },
  { name: "expose", ...custom("list", "ExposedPorts", special.expose) },
  { name: "gpus", ...list("HostConfig.DeviceRequests", special.gpus, "gpu-request") },
  { name: "group-add", ...words("HostConfig.GroupAdd") },
  { name: "health-cmd", ...custom("string", "Healthcheck.Test", (draft, value) => (draft.healthCommand = value)) },
  { name: "health-interval", ...special.healthDuration("Interval") },
  { name: "health-retries", ...custom("int", "Healthcheck.Retries", special.healthRetries) },
  { name: "health-start-interval", ...special.healthDuration("StartInterval"), minApiVersion: "1.44" },
  { name: "health-start-period", ...special.healthDuration("StartPeriod") },
  { name: "health-timeout", ...special.healthDuration("Timeout") },
  { name: "help", ...never("bool", "it prints docker's help and runs nothing") },
  { name: "hostname", short: "h", ...text("Hostname") },
  { name: "init", ...bool("HostConfig.Init") },
  { name: "interactive", short: "i", ...never("bool", "a task has no standard input") },
  { name: "io-maxbandwidth", ...never("bytes", windows) },
  { name: "io-maxiops", ...never("int", windows) },
  { name: "ip", ...custom("string", "NetworkingConfig", special.ip) },
  { name: "ip6", ...custom("string", "NetworkingConfig", special.ip6) },
  { name: "ipc", ...text("HostConfig.IpcMode") },
  { name: "isolation", ...text("HostConfig.Isolation") },
  { name: "kernel-memory", ...custom("bytes", "HostConfig.KernelMemory", special.kernelMemory) },
  { name: "label", short: "l", ...map("Labels", parseLabel) },
  { name: "label-file", ...never("list", "it would read a file of the agent's host; give each label as label") },
  { name: "link", ...list("HostConfig.Links", parseLink) },
  { name: "link-local-ip", ...custom("list", "NetworkingConfig", special.linkLocalIp) },
  { name: "log-driver", ...never("string", sandboxLogs) },
  { name: "log-opt", ...never("list", sandboxLogs) },
  { name: "mac-address", ...custom("string", "NetworkingConfig or MacAddress", special.macAddress) },
  { name: "memory", short: "m", ...bytes("HostConfig.Memory") },
  { name: "memory-reservation", ...bytes("HostConfig.MemoryReservation") },
  { name: "memory-swap", ...swapBytes("HostConfig.MemorySwap") },
  { name: "memory-swappiness", ...int("HostConfig.MemorySwappiness", special.swappiness) },
  { name: "mount", ...custom("mount", "HostConfig.Mounts", special.mount) },
  { name: "name", ...never("string", "Berth finds its containers by the name that it gives them") },
  {
    name: "network",
    aliases: ["net"],
    ...custom("network", "HostConfig.NetworkMode, NetworkingConfig", special.network),
  },
  { name: "network-alias", aliases: ["net-alias"], ...custom("list", "NetworkingConfig", special.networkAlias) },
  { name: "no-healthcheck", ...custom("bool", "Healthcheck.Test", special.noHealthcheck) },
  { name: "oom-kill-disable", ...bool("HostConfig.OomKillDisable") },
  { name: "oom-score-adj", ...int("HostConfig.OomScoreAdj") },
  { name: "pid", ...text("HostConfig.PidMode", special.pidMode) },
  { name: "pids-limit", ...int("HostConfig.PidsLimit") },
  { name: "platform", ...custom("string", "", special.platform) },
  { name: "privileged", ...bool("HostConfig.Privileged") },
  { name: "publish", short: "p", ...custom("list", "HostConfig.PortBindings, ExposedPorts", special.publish) },
  { name: "publish-all", short: "P", ...bool("HostConfig.PublishAllPorts") },
  { name: "pull", ...custom("string", "", special.pull) },
  { name: "quiet", short: "q", ...custom("bool", "", special.quiet) },
  { name: "read-only", ...bool("HostConfig.ReadonlyRootfs") },
  { name: "restart", ...never("string", "a task runs once; its scheduler decides what runs again") },
  { name: "rm", ...never("bool", "Berth removes the container itself, once its status is known") },
  { name: "runtime", ...text("HostConfig.Runtime") },
  { name: "security-opt", ...custom("list", "HostConfig.SecurityOpt", special.securityOption) },
  { name: "shm-size", ...bytes("HostConfig.ShmSize") },
  { name: "sig-proxy", ...never("bool", "signals reach a task through its kill policy only") },
  { name: "stop-signal", ...text("StopSignal") },
  { name: "stop-timeout", ...int("StopTimeout") },
  { name: "storage-opt", ...map("HostConfig.StorageOpt", parseStorageOption) },
  { name: "sysctl", ...map("HostConfig.Sysctls", parseSysctl) },
  { name: "tmpfs", ...map("HostConfig.Tmpfs", parseTmpfs) },
  { name: "tty", short: "t", ...bool("Tty") },
  { name: "ulimit", ...custom("ulimit", "HostConfig.Ulimits", special.ulimit) },
  {
    name: "use-api-socket",
    ...never("bool", "it would hand the engine's socket and the agent's registry credentials to the task"),
  },
  { name: "user", short: "u", ...text("User") },
  { name: "userns", ...text("HostConfig.UsernsMode", special.hostOnlyMode) },
  { name: "uts", ...text("HostConfig.UTSMode", special.hostOnlyMode) },
  { name: "volume", short: "v", ...custom("list", "HostConfig.Binds, Volumes", special.volume) },
  { name: "volume-driver", ...text("HostConfig.VolumeDriver") },
  { name: "volumes-from", ...words("HostConfig.VolumesFrom") },
  { name: "workdir", short: "w", ...text("WorkingDir") },
];
