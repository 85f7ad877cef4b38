import { Buffer } from "node:buffer";
import type { ScalarType } from "../descriptors/message-shape.ts";
import type { FaultCode } from "../fault.ts";
import { decimalInteger } from "./decimal-integer.ts";
import type { JsonNode } from "./json-node.ts";
import { describeNode } from "./json-node.ts";

export type ScalarResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: FaultCode; readonly message: string };

type IntegerType = Extract<ScalarType, "int32" | "uint32" | "int64" | "uint64">;

const ranges: Readonly<Record<IntegerType, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

const jsonNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const notFinite: ReadonlyMap<string, number> = new Map([
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["NaN", NaN],
]);

/** A JSON value as a field of this type holds it in memory. */
export function readScalar(type: ScalarType, node: JsonNode): ScalarResult {
  switch (type) {
    case "string":
      return node.kind === "string" ? readText(node.text) : wrongType("a string", node);
    case "bytes":
      return node.kind === "string" ? readBase64(node.text) : wrongType("a base64 string", node);
    case "bool":
      return node.kind === "boolean" ? { ok: true, value: node.value } : wrongType("true or false", node);
    case "double":
      return readDouble(node);
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return readInteger(type, node);
  }
}

/** Also for map keys. */
export function readText(text: string): ScalarResult {
  if (text.isWellFormed()) return { ok: true, value: text };
  return { ok: false, code: "invalid-string", message: "half of a surrogate pair cannot be written in UTF-8" };
}

function readBase64(text: string): ScalarResult {
  const bytes = Buffer.from(text, "base64");
  // Node skips what it does not know, so only the way back tells whether everything was base64.
  if (bytes.toString("base64") !== text) {
    return { ok: false, code: "invalid-base64", message: "expected padded standard base64" };
  }
  return { ok: true, value: new Uint8Array(bytes) };
}

function readDouble(node: JsonNode): ScalarResult {
  if (node.kind !== "number" && node.kind !== "string") return wrongType("a number", node);
  const special = notFinite.get(node.text);
  if (special !== undefined) return { ok: true, value: special };
  if (!jsonNumber.test(node.text)) return wrongType("a number", node);
  const value = Number(node.text);
  if (!Number.isFinite(value))
    return { ok: false, code: "out-of-range", message: "the number is too large for a double" };
  return { ok: true, value };
}

function readInteger(type: IntegerType, node: JsonNode): ScalarResult {
  if (node.kind !== "number" && node.kind !== "string") return wrongType("an integer", node);
  const [min, max] = ranges[type];
  const value = decimalInteger(node.text);
  if (value === "not-a-number" || value === "not-an-integer") return wrongType("an integer", node);
  if (value === "too-long" || value < min || value > max) {
    return { ok: false, code: "out-of-range", message: `expected ${type}, that is ${min} to ${max}` };
  }
  if (node.kind === "number" && node.rounded === true) {
    const message = "JavaScript has rounded this integer; give the JSON as text, or the number as a bigint or string";
    return { ok: false, code: "out-of-range", message };
  }
  return { ok: true, value: type === "int64" || type === "uint64" ? value : Number(value) };
}

function wrongType(expected: string, node: JsonNode): ScalarResult {
  return { ok: false, code: "wrong-type", message: `expected ${expected}, got ${describeNode(node)}` };
}
