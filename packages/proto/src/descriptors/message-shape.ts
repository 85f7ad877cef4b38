import type { Field, Type } from "protobufjs/light.js";
import { ProtoError } from "../proto-error.ts";
import { memberKey } from "./member-key.ts";
import { rootFor } from "./root.ts";

export type ScalarType = "double" | "int32" | "uint32" | "int64" | "uint64" | "bool" | "string" | "bytes";

export type FieldKind =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "enum"; readonly enumName: string; readonly values: ReadonlySet<string> }
  | { readonly kind: "message"; readonly shape: () => MessageShape };

export interface FieldShape {
  /** As in the .proto file. */
  readonly name: string;
  /** As in memory and in camelCase JSON. */
  readonly key: string;
  readonly number: number;
  readonly cardinality: "required" | "optional" | "repeated" | "map";
  /** Of one element when repeated, of the values of a map; map keys are strings in every message of Mesos. */
  readonly type: FieldKind;
  /** The declared default in its in-memory form; undefined when none is declared. */
  readonly declaredDefault: unknown;
  readonly deprecated: boolean;
  readonly oneof: string | undefined;
}

/** What the JSON and presence rules need of a message type. */
export interface MessageShape {
  readonly typeName: string;
  /** In the order of declaration. */
  readonly fields: readonly FieldShape[];
  /** By snake_case name and by camelCase key. */
  readonly byJsonName: ReadonlyMap<string, FieldShape>;
}

const scalars: ReadonlySet<string> = new Set<ScalarType>([
  "double",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
  "string",
  "bytes",
]);
const shapes = new Map<string, MessageShape>();

/** The shape of a message type, derived from its descriptor once. Throws {@link ProtoError} "unknown-message-type". */
export function messageShape(typeName: string): MessageShape {
  let shape = shapes.get(typeName);
  if (shape === undefined) {
    shape = shapeOf(typeName, lookupType(typeName));
    shapes.set(typeName, shape);
  }
  return shape;
}

function lookupType(typeName: string): Type {
  try {
    return rootFor(typeName).lookupType(typeName);
  } catch (cause) {
    throw new ProtoError("unknown-message-type", `${typeName} is no message type of @berth/proto`, { cause });
  }
}

function shapeOf(typeName: string, type: Type): MessageShape {
  const fields = type.fieldsArray.map(fieldShape);
  const byJsonName = new Map(fields.flatMap((field) => [[field.key, field] as const, [field.name, field] as const]));
  return { typeName, fields, byJsonName };
}

function fieldShape(field: Field): FieldShape {
  return {
    name: field.name,
    key: memberKey(field.name),
    number: field.id,
    cardinality: field.map ? "map" : field.repeated ? "repeated" : field.required ? "required" : "optional",
    type: fieldKind(field),
    declaredDefault: field.options?.["default"],
    deprecated: field.options?.["deprecated"] === true,
    oneof: field.partOf?.name,
  };
}

function fieldKind(field: Field): FieldKind {
  const resolved = field.resolvedType;
  if (resolved === null) {
    if (!isScalar(field.type)) throw new TypeError(`${field.fullName}: no rule for fields of type ${field.type}`);
    return { kind: "scalar", scalar: field.type };
  }
  const name = resolved.fullName.slice(1);
  if ("values" in resolved) return { kind: "enum", enumName: name, values: new Set(Object.keys(resolved.values)) };
  return { kind: "message", shape: () => messageShape(name) };
}

function isScalar(type: string): type is ScalarType {
  return scalars.has(type);
}
