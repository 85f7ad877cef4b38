import { isIPv4, isIPv6 } from "node:net";
import { invalid } from "../errors.ts";

/** An IPv4 or IPv6 address in canonical form (RFC 5952; an IPv4-mapped one as IPv4), blanks around it cut off. */
export function parseIpAddress(text: string): string {
  const address = text.trim();
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes("%")) throw invalid(`"${text}" is not an IP address`);
  // WHATWG URLs hold IPv6 hosts in the canonical form.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!mapped) return canonical;
  const high = Number.parseInt(mapped[1] ?? "", 16);
  const low = Number.parseInt(mapped[2] ?? "", 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** `--ip`, `--ip6`: checked, kept as written. */
export function parseAddressAsWritten(text: string): string {
  parseIpAddress(text);
  return text;
}

const macForms = [
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i,
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){7}$/i,
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){19}$/i,
];

/** A hardware address of 6, 8 or 20 octets, with colons, dashes or in dotted groups of four digits; kept as written. */
export function parseMacAddress(text: string): string {
  const trimmed = text.trim();
  const dotted = /^[0-9a-f]{4}(?:\.[0-9a-f]{4})+$/i.test(trimmed);
  const plain = dotted
    ? trimmed.replaceAll(".", "").replaceAll(/(..)(?=.)/g, "$1:")
    : trimmed.includes(":")
      ? trimmed
      : trimmed.replaceAll("-", ":");
  if (!macForms.some((form) => form.test(plain))) throw invalid(`"${text}" is not a valid mac address`);
  return text;
}

/** `NAME:IP`, `NAME=IP`, the IP in brackets or not, or `host-gateway`; in the engine's own form `NAME:IP`. */
export function parseExtraHost(text: string): string {
  const separator = text.includes("=") ? "=" : ":";
  const at = text.indexOf(separator);
  const name = text.slice(0, at);
  if (at <= 0 || name.includes(":")) throw invalid(`"${text}" is not of the form host:ip`);
  const target = text.slice(at + 1);
  if (target === "host-gateway") return `${name}:${target}`;
  const address = /^\[.+\]$/.test(target) ? target.slice(1, -1) : target;
  parseIpAddress(address);
  return `${name}:${address}`;
}

const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** A search domain; `.` stands for none. A final dot is cut off. */
export function parseDnsSearch(text: string): string {
  const trimmed = text.replaceAll(/^ +| +$/g, "");
  if (trimmed === ".") return trimmed;
  const name = trimmed.trimEnd().replace(/\.$/, "");
  if (!domain.test(name) || !/[a-z]/i.test(name) || name.length >= 255)
    throw invalid(`"${text}" is not a valid domain`);
  return name;
}
