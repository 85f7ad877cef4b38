import { readFileSync } from "node:fs";

export type RecordedCase =
  | { readonly changes: Record<string, unknown> }
  | { readonly exit: number; readonly message: string };

export interface ClientFixture {
  readonly client: string;
  readonly apiVersion: string;
  /** The request of `docker create IMAGE` without options. */
  readonly baseline: Record<string, unknown>;
  readonly cases: Readonly<Record<string, RecordedCase>>;
}

/** What docker's client did with every case when it spoke this API version; `pnpm run record` writes it. */
export function readClientFixture(apiVersion: string): ClientFixture {
  const file = new URL(`fixtures/client-api-${apiVersion}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as ClientFixture;
}
