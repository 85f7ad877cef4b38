import type { FakeContainer } from "./fake-container.ts";

/** `GET /containers/{id}/json`. */
export function inspectJson(container: FakeContainer): object {
  const { state, body, id, name, imageId, createdAt } = container;
  const mode = body.HostConfig?.NetworkMode ?? "default";
  const bridged = mode === "default" || mode === "bridge";
  const ip = container.running && bridged ? (container.behaviour.ipAddress ?? "172.17.0.2") : "";
  const network = mode === "default" ? "bridge" : mode;
  return {
    Id: id,
    Name: `/${name}`,
    Created: createdAt,
    Image: imageId,
    State: {
      Status: state.status,
      Running: container.running,
      Paused: state.status === "paused",
      Restarting: false,
      OOMKilled: state.oomKilled,
      Dead: false,
      Pid: state.pid,
      ExitCode: state.exitCode,
      Error: state.error,
      StartedAt: state.startedAt,
      FinishedAt: state.finishedAt,
    },
    LogPath: `/var/lib/docker/containers/${id}/${id}-json.log`,
    RestartCount: 0,
    Driver: "overlay2",
    HostConfig: { NetworkMode: "default", ...body.HostConfig },
    Mounts: [],
    Config: {
      Hostname: id.slice(0, 12),
      Labels: {},
      Env: [],
      ...body,
      HostConfig: undefined,
      NetworkingConfig: undefined,
    },
    NetworkSettings: {
      Ports: container.running ? (body.HostConfig?.PortBindings ?? {}) : {},
      IPAddress: ip,
      GlobalIPv6Address: "",
      Networks: { [network]: { NetworkID: "f".repeat(64), IPAddress: ip, Gateway: ip && "172.17.0.1" } },
    },
  };
}

/** One row of `GET /containers/json`. */
export function summaryJson(container: FakeContainer): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.body.Image,
    ImageID: container.imageId,
    State: container.state.status,
    Status: container.state.status,
    Labels: container.body.Labels ?? {},
    Created: Math.floor(Date.parse(container.createdAt) / 1000),
  };
}
