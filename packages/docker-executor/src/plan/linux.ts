import type { HostConfig } from "@berth/engine-client";
import type { CapabilityInfo, ContainerInfo, LinuxInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

const mebibyte = 1024 * 1024;

export type LinuxPart = Pick<HostConfig, "CapAdd" | "CapDrop" | "ShmSize" | "PidMode" | "IpcMode" | "SecurityOpt">;

/** `linux_info`, which the original skips: capabilities, /dev/shm, pid and ipc namespaces, seccomp. */
export function planLinux(container: ContainerInfo, user: string | undefined, sink: FaultSink): LinuxPart {
  const linux = container.linuxInfo;
  if (linux === undefined) return {};
  return {
    ...planCapabilities(linux, { privileged: container.docker?.privileged === true, user }, sink),
    ...planIpc(linux, sink),
    // The original's words: a top-level container shares the agent's pid namespace, which is the host's.
    ...(linux.sharePidNamespace === true && { PidMode: "host" }),
    ...planSeccomp(linux, sink),
  };
}

function planCapabilities(
  linux: LinuxInfo,
  task: { readonly privileged: boolean; readonly user: string | undefined },
  sink: FaultSink,
): LinuxPart {
  const base = "container.linux_info";
  if (linux.capabilityInfo !== undefined && linux.effectiveCapabilities !== undefined) {
    sink.fault(`${base}.capability_info`, "is the old name of effective_capabilities; keep one of them");
  }
  const effective = linux.effectiveCapabilities ?? linux.capabilityInfo;
  const bounding = linux.boundingCapabilities;
  if (effective === undefined && bounding === undefined) return {};
  if (task.privileged)
    sink.fault(base, "a privileged container has all capabilities; drop privileged or the capabilities");
  const wanted = namesOf(effective ?? bounding, `${base}.effective_capabilities`, sink);
  if (effective !== undefined && bounding !== undefined) {
    const bounds = namesOf(bounding, `${base}.bounding_capabilities`, sink);
    if (wanted.some((name) => !bounds.includes(name))) {
      sink.fault(`${base}.bounding_capabilities`, "must hold all effective capabilities");
    } else if (bounds.length > wanted.length) {
      sink.fault(
        `${base}.bounding_capabilities`,
        "Docker gives one set for both: make it equal to effective_capabilities",
      );
    }
  }
  if (wanted.length > 0 && task.user !== undefined && !/^(root|0)(:|$)/.test(task.user)) {
    sink.warn(`capabilities take effect for root; the task runs as ${task.user}`);
  }
  return { CapDrop: ["ALL"], ...(wanted.length > 0 && { CapAdd: wanted.map((name) => `CAP_${name}`) }) };
}

function namesOf(info: CapabilityInfo | undefined, path: string, sink: FaultSink): string[] {
  const names = info?.capabilities ?? [];
  if (names.some((name) => name === "UNKNOWN" || name === "UNRECOGNIZED"))
    sink.fault(path, "holds a capability that is not known");
  return [...new Set(names)];
}

function planIpc(linux: LinuxInfo, sink: FaultSink): LinuxPart {
  const shm = linux.shmSize;
  const part: LinuxPart = shm === undefined ? {} : { ShmSize: shm * mebibyte };
  switch (linux.ipcMode) {
    case undefined:
    case "UNKNOWN":
      return part;
    case "PRIVATE":
      return { ...part, IpcMode: "private" };
    case "SHARE_PARENT":
      if (shm !== undefined)
        sink.fault("container.linux_info.shm_size", "needs ipc_mode PRIVATE: a shared /dev/shm has its size already");
      return { ...part, IpcMode: "host" };
    case "UNRECOGNIZED":
      sink.fault("container.linux_info.ipc_mode", "is not known; use PRIVATE or SHARE_PARENT");
      return part;
  }
}

function planSeccomp(linux: LinuxInfo, sink: FaultSink): LinuxPart {
  if (linux.seccomp?.profileName !== undefined) {
    sink.fault(
      "container.linux_info.seccomp.profile_name",
      "names a file on the agent, which is not supported; use unconfined or the engine's default profile",
    );
  }
  return linux.seccomp?.unconfined === true ? { SecurityOpt: ["seccomp=unconfined"] } : {};
}
