import type { AgentFlags } from "./agent-flags.ts";
import { parseBytes } from "./bytes.ts";
import { parseCredential, parseCredentials } from "./credentials.ts";
import { parseDefaultDns } from "./default-dns.ts";
import { parseDuration } from "./duration.ts";
import { FlagFault } from "./fault.ts";
import { findFlag } from "./flag-table.ts";

/** The flags as the program wants them. `values` holds what was given, checked by type. Throws FlagFault. */
export function typedFlags(values: ReadonlyMap<string, string>): AgentFlags {
  const given = (name: string) => values.get(name);
  const text = (name: string) => given(name) ?? findFlag(name)?.default ?? "";
  const filled = (name: string) => text(name) || undefined;
  const yes = (name: string) => text(name) === "true" || text(name) === "1";
  const integer = (name: string) => Number(text(name));
  const durationMs = (name: string) => parseDuration(text(name)) ?? 0;
  const port = (name: string) => {
    if (integer(name) > 65_535) throw new FlagFault(`--${name}=${text(name)}: a port is at most 65535`);
    return integer(name);
  };
  const workDirectory = filled("work_dir");
  if (workDirectory === undefined)
    throw new FlagFault("--work_dir is missing: name a folder for sandboxes and the agent's state");
  const credential = filled("credential");
  const httpCredentials = filled("http_credentials");
  const dns = filled("default_container_dns");
  return {
    workDirectory,
    master: filled("master"),
    masterPort: port("master_port"),
    port: port("port"),
    ip: ipv4(filled("ip"), "ip"),
    ipDiscoveryCommand: filled("ip_discovery_command"),
    advertiseIp: ipv4(filled("advertise_ip"), "advertise_ip"),
    advertisePort: given("advertise_port") === undefined ? undefined : port("advertise_port"),
    hostname: filled("hostname"),
    hostnameLookup: yes("hostname_lookup"),
    resources: filled("resources"),
    defaultRole: text("default_role"),
    attributes: filled("attributes"),
    registrationBackoffFactorMs: durationMs("registration_backoff_factor"),
    zkSessionTimeoutMs: durationMs("zk_session_timeout"),
    containerizers: containerizers(text("containerizers")),
    dockerSocket: absolute(given("docker_socket"), "docker_socket"),
    dockerConfig: filled("docker_config"),
    dockerKillOrphans: yes("docker_kill_orphans"),
    dockerRemoveDelayMs: durationMs("docker_remove_delay"),
    sandboxDirectory: absolute(text("sandbox_directory"), "sandbox_directory") ?? "",
    defaultContainerDns: dns === undefined ? [] : parseDefaultDns(dns),
    cgroupsEnableCfs: yes("cgroups_enable_cfs"),
    fetcherCacheSizeBytes: parseBytes(text("fetcher_cache_size")) ?? 0,
    fetcherCacheDirectory: text("fetcher_cache_dir"),
    fetcherStallTimeoutMs: durationMs("fetcher_stall_timeout"),
    hadoopHome: filled("hadoop_home"),
    frameworksHome: filled("frameworks_home"),
    switchUser: yes("switch_user"),
    executorShutdownGracePeriodMs: durationMs("executor_shutdown_grace_period"),
    maxCompletedExecutorsPerFramework: integer("max_completed_executors_per_framework"),
    credential: credential === undefined ? undefined : parseCredential("--credential", credential),
    authenticationBackoffFactorMs: durationMs("authentication_backoff_factor"),
    authenticationTimeoutMinMs: durationMs("authentication_timeout_min"),
    authenticationTimeoutMaxMs: durationMs("authentication_timeout_max"),
    httpCredentials:
      httpCredentials === undefined ? undefined : parseCredentials("--http_credentials", httpCredentials),
    authenticateHttpReadonly: yes("authenticate_http_readonly"),
    authenticateHttpReadwrite: yes("authenticate_http_readwrite"),
    disabledEndpoints: disabledEndpoints(filled("firewall_rules")),
    loggingLevel: loggingLevel(text("logging_level")),
    logFormat: logFormat(text("log_format")),
    quiet: yes("quiet"),
  };
}

function ipv4(text: string | undefined, name: string): string | undefined {
  if (
    text === undefined ||
    (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) < 256))
  ) {
    return text;
  }
  throw new FlagFault(`--${name}=${text}: write an IPv4 address`);
}

function absolute(text: string | undefined, name: string): string | undefined {
  if (text === undefined || text.startsWith("/")) return text;
  throw new FlagFault(`--${name}=${text}: write an absolute path`);
}

function containerizers(text: string): readonly "docker"[] {
  const names = text.split(",");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new FlagFault(`--containerizers=${text}: ${twice} stands there twice`);
  for (const name of names) {
    if (name === "docker") continue;
    const why = name === "mesos" ? "the mesos containerizer is not there yet" : `there is no containerizer "${name}"`;
    throw new FlagFault(`--containerizers=${text}: ${why}; docker is`);
  }
  return ["docker"];
}

function disabledEndpoints(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const rules = JSON.parse(text) as { disabled_endpoints?: { paths?: unknown } };
  const paths = rules.disabled_endpoints?.paths ?? [];
  if (Array.isArray(paths) && paths.every((path): path is string => typeof path === "string" && path.startsWith("/"))) {
    return paths;
  }
  throw new FlagFault('--firewall_rules: write {"disabled_endpoints": {"paths": ["/state"]}}');
}

function loggingLevel(text: string): AgentFlags["loggingLevel"] {
  switch (text.toUpperCase()) {
    case "DEBUG":
      return "debug";
    case "INFO":
      return "info";
    case "WARNING":
      return "warn";
    case "ERROR":
      return "error";
    default:
      throw new FlagFault(`--logging_level=${text}: write DEBUG, INFO, WARNING or ERROR`);
  }
}

function logFormat(text: string): AgentFlags["logFormat"] {
  if (text === "json" || text === "text") return text;
  throw new FlagFault(`--log_format=${text}: write json or text`);
}
