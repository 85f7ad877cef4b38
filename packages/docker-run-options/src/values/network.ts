import { invalid } from "../errors.ts";
import { parseIpAddress } from "./addresses.ts";
import { parseCsvRecord } from "./csv-record.ts";
import { parseDecimal } from "./go-numbers.ts";
import { parsePair } from "./key-values.ts";
import { putEntry } from "./put-entry.ts";

/** What one `--network` asks for, or the single options (`--ip`, `--network-alias`, ...) for the first network. */
export interface NetworkAttachment {
  name: string;
  aliases: string[];
  links: string[];
  linkLocalIps: string[];
  driverOptions: Record<string, string>;
  ip?: string;
  ip6?: string;
  macAddress?: string;
  gatewayPriority?: number;
}

export function createAttachment(name: string): NetworkAttachment {
  return { name, aliases: [], links: [], linkLocalIps: [], driverOptions: {} };
}

/** A network's name, or `name=,alias=,ip=,ip6=,mac-address=,link-local-ip=,driver-opt=,gw-priority=` as csv. */
export function parseNetwork(text: string): NetworkAttachment {
  if (!/\w=\w/.test(text)) {
    if (text.trim() === "") throw invalid("names no network");
    return createAttachment(text);
  }
  const attachment = createAttachment("");
  for (const [index, field] of parseCsvRecord(text).entries()) {
    // The client puts the whole field in lower case, values too.
    const [key, value] = parsePair(field.toLowerCase());
    if (!field.includes("=") || key === "") throw invalid(`field ${index + 1} is not of the form key=value`);
    setField(attachment, key.trim(), value.trim());
  }
  if (attachment.name === "") throw invalid("has no name=");
  return attachment;
}

/** True for a network that somebody created, unlike the engine's own modes. */
export function isUserDefined(network: string): boolean {
  return !["default", "bridge", "host", "none"].includes(network) && !isContainerNetwork(network);
}

export function isContainerNetwork(network: string): boolean {
  return network.startsWith("container:");
}

function setField(attachment: NetworkAttachment, key: string, value: string): void {
  switch (key) {
    case "name":
      attachment.name = value;
      return;
    case "alias":
      attachment.aliases.push(value);
      return;
    case "ip":
      attachment.ip = checked(value);
      return;
    case "ip6":
      attachment.ip6 = checked(value);
      return;
    case "mac-address":
      attachment.macAddress = value;
      return;
    case "link-local-ip":
      attachment.linkLocalIps.push(checked(value));
      return;
    case "driver-opt":
      addDriverOption(attachment, value);
      return;
    case "gw-priority":
      attachment.gatewayPriority = parseDecimal(value);
      return;
    default:
      throw invalid(
        `the key "${key}" is unknown; known are name, alias, ip, ip6, mac-address, link-local-ip, driver-opt, gw-priority`,
      );
  }
}

function checked(address: string): string {
  parseIpAddress(address);
  return address;
}

function addDriverOption(attachment: NetworkAttachment, text: string): void {
  const [key, value] = parsePair(text);
  if (!text.includes("=") || key === "") throw invalid("driver-opt is not of the form driver-opt=key=value");
  putEntry(attachment.driverOptions, key.trim(), value.trim());
}
