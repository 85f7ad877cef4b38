import type { JsonMember, JsonNode } from "./json-node.ts";
import { MAX_JSON_DEPTH } from "./json-node.ts";

/** A value such as JSON.parse returns (bigint is welcome too) as a node without positions; undefined past the depth limit. */
export function readJsonValue(value: unknown, depth = 0): JsonNode | undefined {
  if (depth > MAX_JSON_DEPTH) return undefined;
  if (value === null) return { kind: "null" };
  if (typeof value === "string") return { kind: "string", text: value };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (typeof value === "bigint") return { kind: "number", text: String(value) };
  if (typeof value === "number") return numberNode(value);
  if (typeof value !== "object") return { kind: "foreign", what: `a JavaScript ${typeof value}` };
  if (Array.isArray(value)) return arrayNode(value, depth);
  if (isPlain(value)) return objectNode(value, depth);
  return { kind: "foreign", what: `an object of class ${value.constructor?.name ?? "unknown"}` };
}

function numberNode(value: number): JsonNode {
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return { kind: "number", text: String(value), ...(isRounded ? { rounded: true } : {}) };
}

function arrayNode(values: readonly unknown[], depth: number): JsonNode | undefined {
  const items: JsonNode[] = [];
  for (const value of values) {
    const item = readJsonValue(value, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return { kind: "array", items };
}

function objectNode(object: object, depth: number): JsonNode | undefined {
  const members: JsonMember[] = [];
  for (const [key, member] of Object.entries(object)) {
    if (member === undefined) continue;
    const value = readJsonValue(member, depth + 1);
    if (value === undefined) return undefined;
    members.push({ key, value });
  }
  return { kind: "object", members };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
