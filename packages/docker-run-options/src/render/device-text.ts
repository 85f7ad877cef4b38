import type { DeviceRequest, HostConfig } from "@berth/engine-client";
import { csvText } from "./csv-text.ts";
import { expressed, inexpressible, join, option, type Rendered, repeated } from "./option-text.ts";

export function renderDevices(devices: NonNullable<HostConfig["Devices"]>): Rendered {
  return join(
    devices.map(({ PathOnHost: host, PathInContainer: container, CgroupPermissions: permissions }) =>
      host.includes(":") || container.includes(":")
        ? inexpressible(`HostConfig.Devices[${host}]`)
        : expressed([option("device", [host, container, permissions].join(":"))]),
    ),
  );
}

/** `--gpus` for what asks for gpus, `--device` for names of the Container Device Interface. */
export function renderDeviceRequest(request: DeviceRequest): Rendered {
  if (request.Driver === "cdi") return expressed(repeated("device", request.DeviceIDs ?? []));
  const [capabilities = [], ...alternatives] = request.Capabilities ?? [];
  if (alternatives.length > 0 || capabilities.at(-1) !== "gpu") return inexpressible("HostConfig.DeviceRequests");
  const fields: string[] = [];
  const ids = request.DeviceIDs ?? [];
  if (request.Driver !== undefined && request.Driver !== "") fields.push(`driver=${request.Driver}`);
  if (ids.length > 0) fields.push(`device=${ids.join(",")}`);
  if (ids.length === 0 || (request.Count ?? 0) !== 0) fields.push(`count=${countText(request.Count ?? 0)}`);
  if (capabilities.length > 1) fields.push(`capabilities=${capabilities.slice(0, -1).join(",")}`);
  const options = Object.entries(request.Options ?? {}).map(([key, value]) => `${key}=${value}`);
  if (options.length > 0) fields.push(`options=${csvText(options)}`);
  return expressed([option("gpus", csvText(fields))]);
}

function countText(count: number): string {
  return count === -1 ? "all" : `${count}`;
}
