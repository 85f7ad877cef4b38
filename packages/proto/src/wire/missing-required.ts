import type { FieldShape, MessageShape } from "../descriptors/message-shape.ts";
import { messageShape } from "../descriptors/message-shape.ts";
import type { Fault } from "../fault.ts";
import { joinIndex, joinKey } from "../json/json-path.ts";
import type { MessageCodec } from "../message-codec.ts";

/** Decoders of protobuf, ts-proto's too, give up on messages that nest deeper. */
const MAX_MESSAGE_DEPTH = 100;

/**
 * The required fields that are unset anywhere in the message, as faults with snake_case paths. Every Mesos process drops a
 * message that lacks one, and ts-proto does not look.
 */
export function missingRequired<T>(codec: MessageCodec<T>, message: T): readonly Fault[] {
  const faults: Fault[] = [];
  checkMessage(messageShape(codec.$type), message, "", 1, faults);
  return faults;
}

function checkMessage(shape: MessageShape, message: unknown, path: string, depth: number, faults: Fault[]): void {
  if (depth > MAX_MESSAGE_DEPTH) {
    faults.push({ path, code: "too-deep", message: `nested deeper than ${MAX_MESSAGE_DEPTH} messages` });
    return;
  }
  const values = message as Readonly<Record<string, unknown>>;
  for (const field of shape.fields) {
    const value = values[field.key];
    const fieldPath = joinKey(path, field.name);
    if (field.cardinality === "required" && isUnset(field, value)) {
      faults.push({ path: fieldPath, code: "missing-field", message: "required field is missing" });
    } else if (value !== undefined && value !== null && field.type.kind === "message") {
      const nested = field.type.shape();
      for (const [at, element] of elements(field, value, fieldPath))
        checkMessage(nested, element, at, depth + 1, faults);
    }
  }
}

function isUnset(field: FieldShape, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return field.type.kind === "enum" && !field.type.values.has(value as string);
}

function elements(field: FieldShape, value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (field.cardinality === "repeated") {
    return (value as readonly unknown[]).map((element, index) => [joinIndex(path, index), element]);
  }
  if (field.cardinality === "map")
    return Object.entries(value as object).map(([key, entry]) => [joinKey(path, key), entry]);
  return [[path, value]];
}
