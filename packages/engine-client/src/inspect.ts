import type { ContainerCreateBody, EndpointSettings, HostConfig } from "./create-body.ts";

/** `GET /containers/{id}/json`, the parts that Berth reads. The answer is kept whole in `raw`. */
export interface ContainerInspect {
  Id: string;
  Name: string;
  Created: string;
  Image: string;
  State: {
    Status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    Running: boolean;
    Paused: boolean;
    Restarting: boolean;
    OOMKilled: boolean;
    Dead: boolean;
    Pid: number;
    ExitCode: number;
    Error: string;
    /** RFC 3339; `0001-01-01T00:00:00Z` for never. */
    StartedAt: string;
    FinishedAt: string;
  };
  LogPath?: string;
  RestartCount?: number;
  Config: Partial<ContainerCreateBody> & { Labels?: Record<string, string> | null };
  HostConfig: HostConfig;
  Mounts?: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
  NetworkSettings: {
    Ports?: Record<string, { HostIp: string; HostPort: string }[] | null>;
    IPAddress?: string;
    GlobalIPv6Address?: string;
    Networks?: Record<string, NetworkAttachment>;
  };
}

export interface NetworkAttachment extends EndpointSettings {
  IPAddress?: string;
  GlobalIPv6Address?: string;
  Gateway?: string;
}

/** An inspect answer and the very text that the engine sent (TASK_RUNNING carries it). */
export interface InspectedContainer {
  readonly inspect: ContainerInspect;
  readonly rawJson: string;
}

/** One row of `GET /containers/json`. */
export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  State: string;
  Labels: Record<string, string>;
  Created: number;
}

/** `GET /images/{name}/json`, the parts that Berth reads. */
export interface ImageInspect {
  Id: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  Architecture: string;
  Variant?: string;
  Os: string;
  Size: number;
  Config?: {
    Cmd?: string[] | null;
    Entrypoint?: string[] | null;
    Env?: string[] | null;
    User?: string;
    WorkingDir?: string;
    ExposedPorts?: Record<string, unknown> | null;
    Volumes?: Record<string, unknown> | null;
    StopSignal?: string;
  };
}
