import type { ContainerCreateBody, HealthcheckConfig, HostConfig } from "@berth/engine-client";
import { createAttachment, type NetworkAttachment } from "./values/network.ts";
import type { Ulimit } from "./values/ulimit.ts";

/** The parts of a create body outside HostConfig and NetworkingConfig. */
export type ConfigPart = Omit<ContainerCreateBody, "Image" | "HostConfig" | "NetworkingConfig">;

/** What the options have asked for so far. Each option's `apply` adds to it; `assemble` makes the request of it. */
export interface RunOptionsDraft {
  readonly apiVersion: string | undefined;
  readonly config: ConfigPart;
  readonly host: HostConfig;
  /** In order; the first is the container's network. */
  readonly networks: NetworkAttachment[];
  /** `--ip`, `--network-alias`, `--link`, ...: for the first network. */
  readonly endpoint: NetworkAttachment;
  readonly environment: Map<string, string>;
  readonly ulimits: Map<string, Ulimit>;
  readonly cdiDevices: string[];
  readonly health: HealthcheckConfig;
  readonly warnings: string[];
  noHealthcheck: boolean;
  healthCommand: string;
  platform: string | undefined;
  pull: "always" | "missing" | "never" | undefined;
}

export function createDraft(apiVersion: string | undefined): RunOptionsDraft {
  return {
    apiVersion,
    config: {},
    host: {},
    networks: [],
    endpoint: createAttachment(""),
    environment: new Map(),
    ulimits: new Map(),
    cdiDevices: [],
    health: {},
    warnings: [],
    noHealthcheck: false,
    healthCommand: "",
    platform: undefined,
    pull: undefined,
  };
}
