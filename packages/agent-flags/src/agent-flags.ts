import type { Credential } from "./credentials.ts";
import type { DefaultContainerDns } from "./default-dns.ts";

/** The flags that are served, with their defaults. Times in milliseconds; paths as they were given. */
export interface AgentFlags {
  readonly workDirectory: string;
  /** Undefined: a local master in this process. */
  readonly master: string | undefined;
  /** Of the local master. */
  readonly masterPort: number;
  readonly port: number;
  readonly ip: string | undefined;
  readonly ipDiscoveryCommand: string | undefined;
  readonly advertiseIp: string | undefined;
  readonly advertisePort: number | undefined;
  readonly hostname: string | undefined;
  readonly hostnameLookup: boolean;
  readonly resources: string | undefined;
  readonly defaultRole: string;
  readonly attributes: string | undefined;
  readonly registrationBackoffFactorMs: number;
  readonly zkSessionTimeoutMs: number;
  readonly containerizers: readonly "docker"[];
  /** Undefined when it was not given: the environment may name another engine. */
  readonly dockerSocket: string | undefined;
  /** JSON. */
  readonly dockerConfig: string | undefined;
  readonly dockerKillOrphans: boolean;
  readonly dockerRemoveDelayMs: number;
  readonly sandboxDirectory: string;
  readonly defaultContainerDns: readonly DefaultContainerDns[];
  readonly cgroupsEnableCfs: boolean;
  readonly fetcherCacheSizeBytes: number;
  readonly fetcherCacheDirectory: string;
  readonly fetcherStallTimeoutMs: number;
  readonly hadoopHome: string | undefined;
  /** Undefined when empty. */
  readonly frameworksHome: string | undefined;
  readonly switchUser: boolean;
  readonly executorShutdownGracePeriodMs: number;
  readonly maxCompletedExecutorsPerFramework: number;
  readonly credential: Credential | undefined;
  readonly authenticationBackoffFactorMs: number;
  readonly authenticationTimeoutMinMs: number;
  readonly authenticationTimeoutMaxMs: number;
  readonly httpCredentials: readonly Credential[] | undefined;
  readonly authenticateHttpReadonly: boolean;
  readonly authenticateHttpReadwrite: boolean;
  /** Of `--firewall_rules`. */
  readonly disabledEndpoints: readonly string[];
  readonly loggingLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "json" | "text";
  readonly quiet: boolean;
}
