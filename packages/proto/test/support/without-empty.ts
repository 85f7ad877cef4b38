import type { FieldShape, MessageShape } from "../../src/descriptors/message-shape.ts";

/**
 * A message without unset keys, empty lists and empty maps: ts-proto's decoder makes them where nothing was sent. Nested
 * messages stay, even empty ones, for their presence counts.
 */
export function withoutEmpty(shape: MessageShape, message: object): Record<string, unknown> {
  const values = message as Record<string, unknown>;
  return Object.fromEntries(
    shape.fields
      .map((field) => [field.key, withoutEmptyField(field, values[field.key])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function withoutEmptyField(field: FieldShape, value: unknown): unknown {
  if (value === undefined) return undefined;
  const { type } = field;
  const one = (element: unknown): unknown =>
    type.kind === "message" ? withoutEmpty(type.shape(), element as object) : element;
  if (field.cardinality === "repeated") {
    const list = value as unknown[];
    return list.length === 0 ? undefined : list.map(one);
  }
  if (field.cardinality === "map") {
    const entries = Object.entries(value as object);
    return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([key, entry]) => [key, one(entry)]));
  }
  return one(value);
}
