/**
 * The keys and types of a JSON value: `.frameworks[].id: string`. Items of a list count together, so that a key that only some have is a
 * key all the same; an empty list is there without items.
 */
export function shapeOf(value: unknown, path = ""): readonly string[] {
  return [...new Set(lines(value, path))].sort();
}

function lines(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return [`${path}[]`, ...value.flatMap((item) => lines(item, `${path}[]`))];
  if (value !== null && typeof value === "object") {
    return [`${path}{}`, ...Object.entries(value).flatMap(([key, each]) => lines(each, `${path}.${key}`))];
  }
  return [`${path}: ${value === null ? "null" : typeof value}`];
}
