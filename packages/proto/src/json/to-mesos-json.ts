import { Buffer } from "node:buffer";
import type { FieldKind, FieldShape, MessageShape, ScalarType } from "../descriptors/message-shape.ts";
import { messageShape } from "../descriptors/message-shape.ts";
import type { MessageCodec } from "../message-codec.ts";

export interface ToMesosJsonOptions {
  /**
   * "declared" (default) writes unset fields that have a declared default and are not deprecated, as every v1 endpoint of
   * Mesos does. "omit" writes what is set only, and so keeps presence for a reader.
   */
  readonly defaults?: "declared" | "omit";
}

/**
 * A message as JSON text the way Mesos writes it: snake_case names in the order of declaration, enums by name, bytes in
 * base64, 64-bit integers as exact numbers, doubles with a decimal point, empty lists and maps left out. The text is one
 * line. A missing required field is not complained about, it is left out.
 */
export function toMesosJson<T>(codec: MessageCodec<T>, message: T, options: ToMesosJsonOptions = {}): string {
  return writeMessage(messageShape(codec.$type), message, options.defaults ?? "declared");
}

type Defaults = "declared" | "omit";

function writeMessage(shape: MessageShape, message: unknown, defaults: Defaults): string {
  const values = message as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const field of shape.fields) {
    const value =
      values[field.key] ?? (defaults === "declared" && !field.deprecated ? field.declaredDefault : undefined);
    const text = value === undefined || value === null ? undefined : writeField(field, value, defaults);
    if (text !== undefined) members.push(`"${field.name}":${text}`);
  }
  return `{${members.join(",")}}`;
}

function writeField(field: FieldShape, value: unknown, defaults: Defaults): string | undefined {
  if (field.cardinality === "repeated") {
    const items = (value as readonly unknown[]).map((item) => writeOne(field.type, item, defaults));
    const known = items.filter((item) => item !== undefined);
    return known.length === 0 ? undefined : `[${known.join(",")}]`;
  }
  if (field.cardinality === "map") {
    const entries = Object.entries(value as object).map(
      ([key, entry]) => `${JSON.stringify(key)}:${writeOne(field.type, entry, defaults) ?? "null"}`,
    );
    return entries.length === 0 ? undefined : `{${entries.join(",")}}`;
  }
  return writeOne(field.type, value, defaults);
}

function writeOne(type: FieldKind, value: unknown, defaults: Defaults): string | undefined {
  if (type.kind === "message") return writeMessage(type.shape(), value, defaults);
  if (type.kind === "scalar") return writeScalar(type.scalar, value);
  // A number that a newer Mesos gave a name to is decoded as UNRECOGNIZED; to protobuf such a field is unset.
  return typeof value === "string" && type.values.has(value) ? `"${value}"` : undefined;
}

function writeScalar(type: ScalarType, value: unknown): string {
  if (type === "double") return writeDouble(value as number);
  if (type === "string") return JSON.stringify(value);
  if (type !== "bytes") return String(value);
  const bytes = value as Uint8Array;
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}

/** The shortest digits that read back as the same double, in RapidJSON's spelling: `32.0`, `1e21`, `1e-7`. */
function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  const digits = Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}
