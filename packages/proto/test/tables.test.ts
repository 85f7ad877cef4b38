import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { rootFor } from "../src/descriptors/root.ts";

const protoDir = fileURLToPath(new URL("../proto/", import.meta.url));
const files = [
  "mesos/v1/mesos.proto",
  "mesos/v1/agent/agent.proto",
  "mesos/v1/executor/executor.proto",
  "mesos/v1/scheduler/scheduler.proto",
  "mesos/mesos.proto",
  "mesos/slave/containerizer.proto",
  "mesos/authentication/authentication.proto",
  "messages/messages.proto",
];

/** Messages of packages that Berth has no use for: their fields are carried as bytes, which is the same on the wire. */
const carriedAsBytes = new Set([
  "docker.spec.v1.ImageManifest",
  "appc.spec.ImageManifest",
  "mesos.seccomp.ContainerSeccompProfile",
  "mesos.resource_provider.Call",
  "mesos.resource_provider.Event",
]);

function table(name: string): string[][] {
  const text = readFileSync(new URL(`tables/${name}.tsv`, import.meta.url), "utf8");
  const rows = text.split("\n").filter((line) => line !== "");
  return rows.slice(1).map((line) => line.split("\t"));
}

function load(file: string): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(protoDir, target);
  root.loadSync(file, { keepCase: true });
  return root.resolveAll() as protobuf.Root;
}

function* objectsOf(file: string, parent: protobuf.NamespaceBase): Generator<protobuf.Type | protobuf.Enum> {
  for (const object of parent.nestedArray) {
    const isOfFile = object.filename === join(protoDir, file);
    if ((object instanceof protobuf.Type || object instanceof protobuf.Enum) && isOfFile) yield object;
    if (object instanceof protobuf.Namespace) yield* objectsOf(file, object);
  }
}

function typeColumn(field: protobuf.Field): string {
  const name = field.resolvedType === null ? field.type : field.resolvedType.fullName.slice(1);
  if (field instanceof protobuf.MapField) return `map<${field.keyType},${name}>`;
  return field.resolvedType instanceof protobuf.Enum ? `enum ${name}` : name;
}

/** A field in the columns of fields.tsv: field, number, label, type, default, notes. */
function fieldRow(field: protobuf.Field): string {
  const label = field.required ? "required" : field.repeated || field.map ? "repeated" : "optional";
  const { default: declared, deprecated } = (field.options ?? {}) as {
    default?: string | number | boolean;
    deprecated?: boolean;
  };
  const notes = field.partOf ? `oneof ${field.partOf.name}` : deprecated === true ? "deprecated" : "";
  return [field.name, field.id, label, typeColumn(field), declared === undefined ? "" : `${declared}`, notes].join(
    "\t",
  );
}

function expectedFieldRow([, , name, number, label, type = "", declared, notes]: string[]): string {
  return [name, number, label, carriedAsBytes.has(type) ? "bytes" : type, declared, notes].join("\t");
}

describe.each(files)("%s", (file) => {
  const objects = [...objectsOf(file, load(file))];

  it("has every message and field of the table, in its order, and no other", () => {
    const expected = new Map<string, string[]>();
    for (const row of table("fields").filter(([of]) => of === file)) {
      const rows = expected.get(row[1] ?? "") ?? [];
      expected.set(row[1] ?? "", rows);
      if (row[2] !== "(no fields)") rows.push(expectedFieldRow(row));
    }
    const types = objects.filter((object) => object instanceof protobuf.Type);
    const actual = types.map((type) => [type.fullName.slice(1), type.fieldsArray.map(fieldRow)] as const);
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
    expect(actual.length).toBeGreaterThan(0);
  });

  it("has every enum value of the table and no other", () => {
    const expected = table("enums")
      .filter(([of]) => of === file)
      .map(([, name, value, number, notes]) => [name, value, number, notes ?? ""].join("\t"));
    const actual = objects
      .filter((object) => object instanceof protobuf.Enum)
      .flatMap((type) =>
        Object.entries(type.values).map(([value, number]) => {
          const options = type.valuesOptions?.[value] as { deprecated?: boolean } | undefined;
          return [type.fullName.slice(1), value, number, options?.deprecated === true ? "deprecated" : ""].join("\t");
        }),
      );
    expect(actual.sort()).toEqual(expected.sort());
  });

  it("is what the published descriptors say", () => {
    const types = objects.filter((object) => object instanceof protobuf.Type);
    for (const type of types) {
      const published = rootFor(type.fullName.slice(1)).lookupType(type.fullName);
      expect(published.fieldsArray.map(fieldRow)).toEqual(type.fieldsArray.map(fieldRow));
    }
  });
});
