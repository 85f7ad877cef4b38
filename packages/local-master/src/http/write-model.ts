import type { HttpAnswer } from "@berth/http-endpoints";

/** A list that may be thousands long. Its items are those of the moment; what is told of each is made when it is written. */
export class LongList<T> {
  readonly #items: readonly T[];
  readonly #model: (item: T) => unknown;

  constructor(items: readonly T[], model: (item: T) => unknown) {
    this.#items = items;
    this.#model = model;
  }

  /** In slices: between them everybody else has a turn. */
  async write(): Promise<string> {
    const texts: string[] = [];
    for (const [index, item] of this.#items.entries()) {
      if (index % sliceItems === sliceItems - 1) await new Promise((resolve) => setImmediate(resolve));
      texts.push(stringify(this.#model(item)) ?? "null");
    }
    return `[${texts.join(",")}]`;
  }
}

/** A few milliseconds' worth. */
const sliceItems = 100;

/** A model as JSON text: what JSON.stringify takes, bigints as numbers, and long lists at any place of it. */
async function writeModel(value: unknown): Promise<string | undefined> {
  if (value instanceof LongList) return await value.write();
  if (typeof value !== "object" || value === null) return stringify(value);
  const texts: string[] = [];
  if (Array.isArray(value)) {
    for (const each of value) texts.push((await writeModel(each)) ?? "null");
    return `[${texts.join(",")}]`;
  }
  for (const [name, each] of Object.entries(value)) {
    const text = await writeModel(each);
    if (text !== undefined) texts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${texts.join(",")}}`;
}

/** A model as an answer. */
export async function modelAnswer(model: object): Promise<HttpAnswer> {
  return { kind: "json-text", text: (await writeModel(model)) ?? "null" };
}

function stringify(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? Number(each) : each));
}
