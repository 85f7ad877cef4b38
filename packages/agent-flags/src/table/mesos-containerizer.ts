import type { FlagGroup, FlagSpec, FlagType } from "../flag-spec.ts";

const only =
  "only the mesos containerizer and its isolators use it; it has no effect on Docker containers in the original either";

/** What does not touch Docker containers, in the original neither: taken as it comes, so that a host's settings can be kept. */
export const mesosContainerizerFlags: FlagGroup = {
  title: "The mesos containerizer",
  flags: [
    ucr("isolation", "string", "posix/cpu,posix/mem", "Isolators to use."),
    ucr("launcher", "string", "posix", "How processes are started."),
    ucr("cgroups_hierarchy", "string", "/sys/fs/cgroup", "Where cgroup v1 hierarchies are mounted."),
    ucr("cgroups_root", "string", "mesos", "Name of the root cgroup."),
    ucr("cgroups_destroy_timeout", "duration", "1mins", "How long removing a cgroup may take."),
    ucr("cgroups_limit_swap", "boolean", "false", "Limit memory and swap together."),
    ucr("cgroups_cpu_enable_pids_and_tids_count", "boolean", "false", "Count processes and threads."),
    ucr("cgroups_net_cls_primary_handle", "string", undefined, "Primary handle of net_cls."),
    ucr("cgroups_net_cls_secondary_handles", "string", undefined, "Secondary handles of net_cls."),
    { ...ucr("agent_subsystems", "string", undefined, "Cgroup subsystems for the agent."), alias: "slave_subsystems" },
    ucr("allowed_devices", "json", undefined, "Devices that containers may use."),
    ucr("host_path_volume_force_creation", "string", undefined, "Where missing host paths of volumes are made."),
    ucr("container_disk_watch_interval", "duration", "15secs", "How often disk quotas are checked."),
    ucr("enforce_container_disk_quota", "boolean", "false", "End containers that use more disk than they have."),
    ucr("xfs_project_range", "string", "[5000-10000]", "XFS project ids for disk quotas."),
    ucr("xfs_kill_containers", "boolean", "false", "End containers over their XFS quota."),
    ucr("perf_events", "string", undefined, "Perf events to sample."),
    ucr("perf_interval", "duration", "1mins", "Time between perf samples."),
    ucr("perf_duration", "duration", "10secs", "Length of a perf sample."),
    ucr("revocable_cpu_low_priority", "boolean", "true", "Containers with revocable cpus have lower priority."),
    { ...ucr("effective_capabilities", "json", undefined, "Capabilities of tasks."), alias: "allowed_capabilities" },
    ucr("bounding_capabilities", "json", undefined, "Capabilities that tasks may gain."),
    ucr("default_container_shm_size", "bytes", undefined, "Size of /dev/shm."),
    ucr("disallow_sharing_agent_ipc_namespace", "boolean", "false", "No container shares the agent's IPC namespace."),
    ucr("disallow_sharing_agent_pid_namespace", "boolean", "false", "No container shares the agent's PID namespace."),
    ucr("seccomp_config_dir", "string", undefined, "Folder of seccomp profiles."),
    ucr("seccomp_profile_name", "string", undefined, "Default seccomp profile."),
    ucr("network_cni_plugins_dir", "string", undefined, "Folders of CNI plugins."),
    ucr("network_cni_config_dir", "string", undefined, "Folder of CNI configurations."),
    ucr("network_cni_root_dir_persist", "boolean", "false", "Keep CNI state over a boot."),
    ucr("network_cni_metrics", "boolean", "true", "Show metrics of CNI networks."),
    ucr("container_ports_watch_interval", "duration", "30secs", "How often listening ports are checked."),
    ucr("check_agent_port_range_only", "boolean", "false", "Check only ports of the agent's resources."),
    ucr("enforce_container_ports", "boolean", "false", "End containers that listen on ports that they do not have."),
    ucr("container_ports_isolated_range", "string", undefined, "Ports that are checked."),
    ucr("ephemeral_ports_per_container", "integer", "1024", "Ephemeral ports of a container."),
    ucr("eth0_name", "string", undefined, "Public network interface."),
    ucr("lo_name", "string", undefined, "Loopback interface."),
    ucr("egress_rate_limit_per_container", "bytes", undefined, "Egress limit, bytes a second."),
    ucr("egress_unique_flow_per_container", "boolean", "false", "A flow of its own for each container."),
    ucr("egress_flow_classifier_parent", "string", "root", "Where the flow classifier hangs."),
    ucr("network_enable_socket_statistics_summary", "boolean", "false", "Summary of socket statistics."),
    ucr("network_enable_socket_statistics_details", "boolean", "false", "Details of socket statistics."),
    ucr("network_enable_snmp_statistics", "boolean", "false", "SNMP statistics."),
  ],
};

function ucr(name: string, type: FlagType, value: string | undefined, text: string): FlagSpec {
  return { name, type, default: value, text, state: "noted", why: only };
}
