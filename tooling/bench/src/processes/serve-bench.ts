import { ownUsage } from "./usage.ts";

/** What the bench may ask of a process, by name. Values go over as JSON. */
export type Handlers = Readonly<Record<string, (value: never) => unknown>>;

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly value: unknown;
}

export type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** The side of a started process: answers the bench, and ends with it. `ready` is what the start resolves with. */
export function serveBench(ready: unknown, handlers: Handlers, close: () => Promise<void> | void): void {
  const all: Handlers = { usage: ownUsage, ...handlers };
  process.on("message", (question) => void answer(all, question as Question));
  process.once("disconnect", () => void Promise.resolve(close()).finally(() => process.exit()));
  process.send?.({ id: 0, value: ready } satisfies Answer);
}

async function answer(handlers: Handlers, { id, name, value }: Question): Promise<void> {
  try {
    const handler = handlers[name];
    if (handler === undefined) throw new Error(`nothing is called ${name}`);
    process.send?.({ id, value: await handler(value as never) } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: String(error) } satisfies Answer);
  }
}
