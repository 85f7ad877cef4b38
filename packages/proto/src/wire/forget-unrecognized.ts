import type { FieldShape, MessageShape } from "../descriptors/message-shape.ts";

/**
 * Unsets, in place, every enum value that ts-proto has decoded as UNRECOGNIZED, and drops it from lists: to proto2 a number
 * without a name is an unknown field, and written again it would become -1. `message` nests less deep than decoders allow.
 */
export function forgetUnrecognized(shape: MessageShape, message: object): void {
  const values = message as Record<string, unknown>;
  for (const field of shape.fields) {
    const value = values[field.key];
    if (value === undefined) continue;
    if (field.type.kind === "enum") values[field.key] = withoutUnrecognized(field, value);
    else if (field.type.kind === "message") {
      const nested = field.type.shape();
      for (const element of elements(field, value)) forgetUnrecognized(nested, element);
    }
  }
}

function withoutUnrecognized(field: FieldShape, value: unknown): unknown {
  if (field.type.kind !== "enum") return value;
  const known = field.type.values;
  if (Array.isArray(value)) return value.filter((element) => known.has(element));
  return known.has(value as string) ? value : undefined;
}

function elements(field: FieldShape, value: unknown): readonly object[] {
  if (field.cardinality === "repeated") return value as readonly object[];
  return field.cardinality === "map" ? Object.values(value as Record<string, object>) : [value as object];
}
