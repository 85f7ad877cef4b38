// Second half of `generate`, after buf: what ts-proto drops (required, declared defaults, enum names, oneofs, declaration order)
// is read from the same .proto files by protobufjs and written next to the generated types:
//
//   src/gen/descriptors/v1.ts, internal.ts   one JSON text each, so that loading the module costs a string and
//                                            nothing is parsed before the first look-up
//   src/gen/declared-defaults.ts             the defaults as a literal, so that types can be derived from it
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

const protoDir = fileURLToPath(new URL("../proto/", import.meta.url));
const outDir = fileURLToPath(new URL("../src/gen/", import.meta.url));
const header = "// Written by scripts/generate-descriptors.mjs from proto/. Do not edit.\n";

/** ts-proto's rule for keys: names without an underscore stay as they are. */
const keyOf = (name) => name.replace(/_+([^_])/g, (_, letter) => letter.toUpperCase());

/** @param {readonly string[]} files paths below proto/ */
function loadRoot(files) {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(protoDir, target);
  // Synchronously: the order of the output must not depend on which file is read first.
  root.loadSync([...files], { keepCase: true });
  root.resolveAll();
  return root;
}

/** @param {protobuf.ReflectionObject} object @returns {Generator<protobuf.Type>} */
function* typesIn(object) {
  if (object instanceof protobuf.Type) yield object;
  for (const nested of object.nestedArray ?? []) yield* typesIn(nested);
}

/** @param {protobuf.Field} field */
function defaultLiteral(field) {
  const value = field.options?.default;
  // Enums are strings in Berth's types, and protobufjs keeps the declared name of an enum default as it stands.
  return /^(u?int|s?fixed|sint)64$/.test(field.type) ? `${String(value)}n` : JSON.stringify(value);
}

/** @param {readonly protobuf.Root[]} roots */
function defaultsModule(roots) {
  const lines = [];
  for (const type of roots.flatMap((root) => [...typesIn(root)])) {
    const defaults = type.fieldsArray
      .filter((field) => field.options?.default !== undefined)
      .map((field) => `${JSON.stringify(keyOf(field.name))}: ${defaultLiteral(field)}`);
    if (defaults.length > 0) lines.push(`  ${JSON.stringify(type.fullName.slice(1))}: { ${defaults.join(", ")} },\n`);
  }
  return `${header}\nexport const declaredDefaults = {\n${lines.join("")}} as const;\n`;
}

const files = (await readdir(protoDir, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith(".proto"))
  .map((entry) => relative(protoDir, join(entry.parentPath, entry.name)))
  .sort();
const isV1 = (file) => file.startsWith("mesos/v1/");
const roots = {
  v1: loadRoot(files.filter(isV1)),
  internal: loadRoot(files.filter((file) => !isV1(file))),
};

await mkdir(join(outDir, "descriptors"), { recursive: true });
for (const [name, root] of Object.entries(roots)) {
  const text = JSON.stringify(JSON.stringify(root.toJSON()));
  await writeFile(
    join(outDir, "descriptors", `${name}.ts`),
    `${header}\nexport const ${name}Descriptors =\n  ${text};\n`,
  );
}
await writeFile(join(outDir, "declared-defaults.ts"), defaultsModule(Object.values(roots)));
