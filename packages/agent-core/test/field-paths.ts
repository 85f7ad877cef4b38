/** Every field that is set, `tasks[].resources[].scalar.value`, sorted. Empty lists and maps are unset. */
export function fieldPaths(message: object): readonly string[] {
  const paths = new Set<string>();
  collect(message, "", paths);
  return [...paths].sort();
}

function collect(value: unknown, path: string, paths: Set<string>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, `${path}[]`, paths);
  } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    if (path !== "" && !path.endsWith("[]") && Object.keys(value).length > 0) paths.add(path);
    for (const [key, each] of Object.entries(value)) collect(each, path === "" ? key : `${path}.${key}`, paths);
  } else paths.add(path);
}
