/** JSON as text, put together of texts: a state of ten thousand tasks is written once, without objects in between. */
export type JsonText = string;

/** Members whose text is undefined are left out. */
export function jsonObject(members: Readonly<Record<string, JsonText | undefined>>): JsonText {
  const texts: string[] = [];
  for (const [name, text] of Object.entries(members)) {
    if (text !== undefined) texts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${texts.join(",")}}`;
}

export function jsonArray<T>(items: readonly T[], write: (item: T) => JsonText): JsonText {
  return `[${items.map(write).join(",")}]`;
}

/**
 * The same of many items, in slices: between them everybody else has a turn, since an agent that writes ten thousand tasks must not miss
 * its pings. The items are those of the moment of the call.
 */
export async function jsonArrayInSlices<T>(items: readonly T[], write: (item: T) => JsonText): Promise<JsonText> {
  const texts: JsonText[] = [];
  for (const [index, item] of items.entries()) {
    if (index % sliceItems === sliceItems - 1) await new Promise((resolve) => setImmediate(resolve));
    texts.push(write(item));
  }
  return `[${texts.join(",")}]`;
}

/** A few milliseconds' worth. */
const sliceItems = 100;

export function jsonString(text: string): JsonText {
  return JSON.stringify(text);
}

/** With a decimal point, as Mesos writes doubles: `16.0`. */
export function jsonDouble(value: number): JsonText {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : JSON.stringify(value);
}

/** Numbers are doubles. */
export function jsonScalars(values: Readonly<Record<string, number | string>>): JsonText {
  return jsonObject(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "number" ? jsonDouble(value) : jsonString(value),
      ]),
    ),
  );
}
