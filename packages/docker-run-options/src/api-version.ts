import { RunOptionError } from "./errors.ts";

/** The first Docker release that speaks an API version, for messages that say what to upgrade to. */
const releases: Readonly<Record<string, string>> = {
  "1.42": "23.0",
  "1.43": "24.0",
  "1.44": "25.0",
  "1.45": "26.0",
  "1.46": "27.0",
  "1.47": "27.2",
  "1.48": "28.0",
};

/** Compares two API versions such as `1.9` and `1.41` by their numbers. An unknown one counts as the newest. */
export function apiAtLeast(version: string | undefined, minimum: string): boolean {
  if (version === undefined) return true;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum.split(".").map(Number);
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

/** Throws the fault when the engine's API is too old for `what`. */
export function requireApi(
  version: string | undefined,
  minimum: string,
  what: string,
  involved: readonly string[] = [],
): void {
  if (apiAtLeast(version, minimum)) return;
  const release = releases[minimum];
  const docker = release === undefined ? "" : ` (Docker ${release})`;
  throw new RunOptionError(
    "unsupported",
    `${what} needs Engine API ${minimum}${docker} and this engine speaks ${version}; upgrade the engine or leave it out`,
    involved,
  );
}
