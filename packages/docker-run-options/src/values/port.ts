import type { PortBinding } from "@berth/engine-client";
import { isIP } from "node:net";
import { invalid } from "../errors.ts";
import { parseDecimal, uint16 } from "./go-numbers.ts";
import { parsePair } from "./key-values.ts";

export interface PortMapping {
  /** `80/tcp`. */
  readonly port: string;
  readonly binding: PortBinding;
}

/** `[[ip:][host]:]container[/protocol]`, ports single or ranges, or `published=,target=,protocol=` as csv. */
export function parsePublish(text: string): PortMapping[] {
  const plain = text.includes("=") ? fromLongForm(text) : text;
  const parts = plain.split(":");
  const target = parts.pop() ?? "";
  const hostPort = parts.pop() ?? "";
  const hostIp = parseHostIp(parts.join(":"));
  const { first, last, protocol } = parseContainerPorts(target, text);
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase()))
    throw invalid(`the protocol "${protocol}" is unknown; write tcp, udp or sctp`);
  const host = hostPort === "" ? undefined : parsePortRange(hostPort);
  const span = last - first;
  if (host && host.last - host.first !== span && span !== 0)
    throw invalid(`the ranges ${target} and ${hostPort} are of different length`);
  const mappings: PortMapping[] = [];
  for (let offset = 0; offset <= span; offset += 1) {
    mappings.push({
      port: `${first + offset}/${protocol.toLowerCase()}`,
      binding: { HostIp: hostIp, HostPort: hostPortText(host, offset, span) },
    });
  }
  return mappings;
}

/** `80`, `80/udp` or `8000-8010/tcp`, as the keys of ExposedPorts. */
export function parseExpose(text: string): string[] {
  if (text.includes(":")) throw invalid(`"${text}" names a host port; use publish for that`);
  const { first, last, protocol } = parseContainerPorts(text, text);
  return Array.from({ length: last - first + 1 }, (_, offset) => `${first + offset}/${protocol}`);
}

interface PortRange {
  readonly first: number;
  readonly last: number;
}

// A range on the host for one port in the container is a pool that the engine takes a free port from.
function hostPortText(host: PortRange | undefined, offset: number, span: number): string {
  if (!host) return "";
  const single = `${host.first + offset}`;
  return span === 0 && host.first !== host.last ? `${single}-${host.last}` : single;
}

function parseContainerPorts(text: string, whole: string): PortRange & { readonly protocol: string } {
  const [ports = "", protocol = ""] = text.split("/");
  if (ports === "") throw invalid(`"${whole}" has no container port`);
  return { ...parsePortRange(ports), protocol: protocol === "" ? "tcp" : protocol };
}

function parsePortRange(text: string): PortRange {
  const [start = "", end = start, ...more] = text.split("-");
  if (more.length > 0) throw invalid(`"${text}" is not a range of two ports`);
  const first = parseDecimal(start, uint16);
  const last = parseDecimal(end, uint16);
  if (last < first) throw invalid(`the range ${text} ends before it begins`);
  return { first, last };
}

function parseHostIp(text: string): string {
  if (text === "") return "";
  const address = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  if (isIP(address) === 0 || address.includes("%")) throw invalid(`"${text}" is not an IP address of the host`);
  return address;
}

function fromLongForm(text: string): string {
  const values = new Map([["protocol", "tcp"]]);
  for (const field of text.split(",")) {
    const [key, value] = parsePair(field);
    if (!field.includes("=") || key === "") throw invalid(`"${field}" is not of the form name=value`);
    if (!["published", "target", "protocol"].includes(key))
      throw invalid(`the key "${key}" is unknown; known are published, target, protocol`);
    values.set(key, value);
  }
  return `${values.get("published") ?? ""}:${values.get("target") ?? ""}/${values.get("protocol") ?? ""}`;
}
