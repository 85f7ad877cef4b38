import { readFileSync } from "node:fs";

/** The version of Mesos that this agent behaves like, and that master and frameworks are told. */
export const mesosVersion = "1.11.0";

/** The version of this package. */
export function berthVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
