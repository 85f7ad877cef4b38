import path from "node:path/posix";
import { invalid } from "../errors.ts";

export interface DeviceMapping {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

const cdiName =
  /^[a-zA-Z](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?\/[a-zA-Z](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?=[a-zA-Z0-9](?:[a-zA-Z0-9._:-]*[a-zA-Z0-9])?$/;

/** True for a Container Device Interface name, `vendor/class=name`, which asks a driver instead of mapping a path. */
export function isCdiDevice(text: string): boolean {
  return cdiName.test(text);
}

/** `host[:container][:rwm]`; the path in the container is cleaned as the client does it, and must be absolute. */
export function parseDevice(text: string): DeviceMapping {
  const [host = "", second, third, ...more] = text.split(":");
  if (host === "" || more.length > 0) throw invalid(`"${text}" is not of the form host[:container][:permissions]`);
  if (third !== undefined) {
    if (!isPermissions(third)) throw invalid(`"${third}" is not a set of permissions; use letters of rwm, each once`);
    return mapping(host, absolute(second ?? ""), third);
  }
  if (second === undefined) {
    const cleaned = clean(absolute(host));
    return mapping(cleaned, cleaned, "rwm");
  }
  if (isPermissions(second)) {
    const cleaned = clean(absolute(host));
    return mapping(cleaned, cleaned, second);
  }
  return mapping(host, clean(absolute(second)), "rwm");
}

const rule = /^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/;

export function parseDeviceCgroupRule(text: string): string {
  if (!rule.test(text)) throw invalid(`"${text}" is not of the form "c 42:* rwm"`);
  return text;
}

function mapping(PathOnHost: string, PathInContainer: string, CgroupPermissions: string): DeviceMapping {
  return { PathOnHost, PathInContainer, CgroupPermissions };
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

function absolute(text: string): string {
  if (!path.isAbsolute(text)) throw invalid(`"${text}" is not an absolute path`);
  return text;
}

function clean(text: string): string {
  const normal = path.normalize(text);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}
