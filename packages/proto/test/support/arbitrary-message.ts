import * as fc from "fast-check";
import type { FieldKind, FieldShape, MessageShape, ScalarType } from "../../src/descriptors/message-shape.ts";

/** Optional nested messages end here; required ones go on, and none of Mesos's are recursive. */
const MAX_DEPTH = 2;

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  double: fc.double(),
  int32: fc.integer(),
  uint32: fc.nat({ max: 2 ** 32 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  bool: fc.boolean(),
  string: fc.string({ unit: "binary" }),
  bytes: fc.uint8Array({ maxLength: 20 }),
};

const known = new Map<string, fc.Arbitrary<Record<string, unknown>>>();

/** Any complete message of this shape: required fields set, at most one field of a oneof, no empty lists or maps. */
export function arbitraryMessage(shape: MessageShape, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const id = `${shape.typeName} ${depth}`;
  let arbitrary = known.get(id);
  if (arbitrary === undefined) {
    arbitrary = build(shape, depth);
    known.set(id, arbitrary);
  }
  return arbitrary;
}

function build(shape: MessageShape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = shape.fields.filter(
    (field) => field.cardinality === "required" || field.type.kind !== "message" || depth < MAX_DEPTH,
  );
  const model = Object.fromEntries(fields.map((field) => [field.key, arbitraryField(field, depth)]));
  const requiredKeys = fields.filter((field) => field.cardinality === "required").map((field) => field.key);
  return fc.record(model, { requiredKeys, noNullPrototype: true }).map((message) => {
    const chosen = new Set<string>();
    for (const field of fields) {
      if (field.oneof === undefined || !(field.key in message)) continue;
      if (chosen.has(field.oneof)) delete message[field.key];
      chosen.add(field.oneof);
    }
    return message;
  });
}

function arbitraryField(field: FieldShape, depth: number): fc.Arbitrary<unknown> {
  const one = arbitraryOne(field.type, depth);
  if (field.cardinality === "repeated") return fc.array(one, { minLength: 1, maxLength: 3 });
  if (field.cardinality !== "map") return one;
  // ts-proto's decoder assigns map entries, which cannot make an own property of this one name.
  const key = fc.string({ unit: "binary" }).filter((text) => text !== "__proto__");
  return fc.dictionary(key, one, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
}

function arbitraryOne(type: FieldKind, depth: number): fc.Arbitrary<unknown> {
  if (type.kind === "scalar") return scalars[type.scalar];
  if (type.kind === "enum") return fc.constantFrom(...type.values);
  return arbitraryMessage(type.shape(), depth + 1);
}
