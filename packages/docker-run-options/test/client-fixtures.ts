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
  return read(`client-api-${apiVersion}.json`) as ClientFixture;
}

/** The options in the client's own help: name -> letter, empty without one. */
export function readClientHelp(): { readonly client: string; readonly options: Readonly<Record<string, string>> } {
  return read("client-help.json") as ReturnType<typeof readClientHelp>;
}

/** What the client did with each corner value of an option, at API 1.50. */
export function readClientCorners(): Readonly<Record<string, Readonly<Record<string, RecordedCase>>>> {
  return (read("client-corners.json") as { corners: ReturnType<typeof readClientCorners> }).corners;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"));
}
