import type { DeviceRequest, HealthcheckConfig, Mount } from "@berth/engine-client";
import { apiAtLeast, requireApi } from "./api-version.ts";
import type { RunOptionsDraft } from "./draft.ts";
import { invalid, refused } from "./errors.ts";
import { custom, type OptionKind } from "./option-kinds.ts";
import { parseAddressAsWritten, parseMacAddress } from "./values/addresses.ts";
import { parseByteSize } from "./values/byte-size.ts";
import { isCdiDevice, parseDevice } from "./values/device.ts";
import { parsePositiveDuration } from "./values/go-duration.ts";
import { parseBool, parseInteger } from "./values/go-numbers.ts";
import { parseGpus } from "./values/gpus.ts";
import { parseEnvironment } from "./values/key-values.ts";
import { parseMount } from "./values/mount.ts";
import { parseNetwork } from "./values/network.ts";
import { parsePlatform } from "./values/platform.ts";
import { parseExpose, parsePublish } from "./values/port.ts";
import { parseSecurityOption } from "./values/security-option.ts";
import { parseUlimit } from "./values/ulimit.ts";
import { parseVolume } from "./values/volume.ts";

// The options whose values need more than one field, or a check of the engine's version. One function an option.

type Apply = OptionKind["apply"];

export const environment: Apply = (draft, value) => {
  draft.environment.set(...parseEnvironment(value));
};

export const volume: Apply = ({ config, host }, value) => {
  const spec = parseVolume(value);
  if (spec.kind === "anonymous") (config.Volumes ??= {})[spec.target] = {};
  else if (host.Binds?.includes(spec.spec) !== true) (host.Binds ??= []).push(spec.spec);
};

export const mount: Apply = ({ host, apiVersion }, value) => {
  const parsed = parseMount(value);
  requireMountApi(parsed, apiVersion);
  (host.Mounts ??= []).push(parsed);
};

function requireMountApi(mount: Mount, apiVersion: string | undefined): void {
  if (mount.Type === "image") requireApi(apiVersion, "1.48", "a mount of type image");
  if (mount.Type === "cluster") requireApi(apiVersion, "1.42", "a mount of type cluster");
  if (mount.VolumeOptions?.Subpath !== undefined) requireApi(apiVersion, "1.45", "volume-subpath");
  if (mount.BindOptions?.ReadOnlyForceRecursive === true) requireApi(apiVersion, "1.44", "bind-recursive=readonly");
}

export const publish: Apply = ({ config, host }, value) => {
  for (const { port, binding } of parsePublish(value)) {
    (config.ExposedPorts ??= {})[port] = {};
    ((host.PortBindings ??= {})[port] ??= []).push(binding);
  }
};

export const expose: Apply = ({ config }, value) => {
  for (const port of parseExpose(value)) (config.ExposedPorts ??= {})[port] = {};
};

export const network: Apply = (draft, value) => {
  const attachment = parseNetwork(value);
  if (attachment.macAddress !== undefined) parseMacAddress(attachment.macAddress);
  if (attachment.gatewayPriority !== undefined) requireApi(draft.apiVersion, "1.48", "gw-priority");
  draft.networks.push(attachment);
};

export const networkAlias: Apply = ({ endpoint }, value) => {
  endpoint.aliases.push(value);
};

export const linkLocalIp: Apply = ({ endpoint }, value) => {
  endpoint.linkLocalIps.push(parseAddressAsWritten(value));
};

export const ip: Apply = ({ endpoint }, value) => {
  endpoint.ip = parseAddressAsWritten(value);
};

export const ip6: Apply = ({ endpoint }, value) => {
  endpoint.ip6 = parseAddressAsWritten(value);
};

export const macAddress: Apply = ({ endpoint }, value) => {
  endpoint.macAddress = parseMacAddress(value);
};

export const device: Apply = ({ host, cdiDevices, apiVersion }, value) => {
  if (!isCdiDevice(value)) {
    (host.Devices ??= []).push(parseDevice(value));
    return;
  }
  requireApi(apiVersion, "1.44", "a CDI device");
  cdiDevices.push(value);
};

export function gpus(value: string): DeviceRequest {
  return parseGpus(value);
}

export const ulimit: Apply = ({ ulimits }, value) => {
  const limit = parseUlimit(value);
  ulimits.set(limit.Name, limit);
};

export const securityOption: Apply = ({ host }, value) => {
  const option = parseSecurityOption(value);
  if (option === "systempaths=unconfined") {
    // Not the engine's word: the client turns it into two empty lists, which replace the default ones.
    host.MaskedPaths = [];
    host.ReadonlyPaths = [];
  } else (host.SecurityOpt ??= []).push(option);
};

export function healthDuration(field: "Interval" | "Timeout" | "StartPeriod" | "StartInterval"): OptionKind {
  return custom("duration", `Healthcheck.${field}`, (draft, value) => {
    setHealth(draft, field, parsePositiveDuration(value));
  });
}

export const healthRetries: Apply = (draft, value) => {
  const retries = parseInteger(value);
  if (retries < 0) throw invalid("cannot be negative");
  setHealth(draft, "Retries", retries);
};

function setHealth(draft: RunOptionsDraft, field: Exclude<keyof HealthcheckConfig, "Test">, value: number): void {
  draft.health[field] = value;
}

export const noHealthcheck: Apply = (draft, value) => {
  draft.noHealthcheck = parseBool(value);
};

export const kernelMemory: Apply = ({ host, apiVersion, warnings }, value) => {
  const bytes = parseByteSize(value);
  if (apiVersion === undefined || apiAtLeast(apiVersion, "1.42"))
    warnings.push("kernel-memory has no effect: engines ignore it since API 1.42");
  else host.KernelMemory = bytes;
};

export const platform: Apply = (draft, value) => {
  draft.platform = value === "" ? undefined : parsePlatform(value);
};

export const pull: Apply = (draft, value) => {
  if (value !== "always" && value !== "missing" && value !== "never")
    throw invalid(`"${value}" is not a pull policy; write always, missing or never`);
  draft.pull = value;
};

export const quiet: Apply = ({ warnings }, value) => {
  parseBool(value);
  warnings.push("quiet has no effect: Berth reports the progress of a pull itself");
};

export const disableContentTrust: Apply = (_draft, value) => {
  if (!parseBool(value))
    throw refused("image signatures (content trust) are not verified by Berth; pin the image by digest");
};

export function swappiness(value: string): number {
  const number = parseInteger(value);
  if (number < -1 || number > 100) throw invalid(`"${value}" is outside 0 to 100 (or -1 for the engine's default)`);
  return number;
}

export function cgroupnsMode(value: string): string {
  if (!["", "host", "private"].includes(value)) throw invalid(`"${value}" is not a mode; write host or private`);
  return value;
}

export function hostOnlyMode(value: string): string {
  if (value !== "" && value !== "host") throw invalid(`"${value}" is not a mode; the only one is host`);
  return value;
}

export function pidMode(value: string): string {
  if (value !== "" && value !== "host" && !/^container:./s.test(value))
    throw invalid(`"${value}" is not a mode; write host or container:<name>`);
  return value;
}
