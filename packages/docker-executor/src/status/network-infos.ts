import type { ContainerInspect } from "@berth/engine-client";
import type { NetworkInfo, TaskInfo } from "@berth/proto/v1";

/** The container's addresses, in a copy of the task's first network info. Undefined when it has none of its own. */
export function networkInfos(task: TaskInfo, inspect: ContainerInspect): NetworkInfo[] | undefined {
  const { ipv4, ipv6 } = addresses(inspect);
  const ipAddresses = [
    ...(ipv4 === undefined ? [] : [{ ipAddress: ipv4 }]),
    ...(ipv6 === undefined ? [] : [{ protocol: "IPv6" as const, ipAddress: ipv6 }]),
  ];
  if (ipAddresses.length === 0) return undefined;
  return [{ ...task.container?.networkInfos?.[0], ipAddresses }];
}

function addresses(inspect: ContainerInspect): {
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
} {
  const { NetworkSettings: settings } = inspect;
  const mode = inspect.HostConfig.NetworkMode ?? "default";
  // By its own key: a name with dots or brackets is a name like any other. The mode may be a network's id, which is no key.
  const all = Object.values(settings.Networks ?? {});
  const network = settings.Networks?.[mode] ?? (all.length === 1 ? all[0] : undefined);
  const from = network ?? settings;
  return { ipv4: text(from.IPAddress), ipv6: text(from.GlobalIPv6Address) };
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
