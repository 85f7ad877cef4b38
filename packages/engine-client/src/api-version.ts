/** The Engine API versions that this client was written for. */
export const oldestApiVersion = "1.41";
export const newestApiVersion = "1.51";

/** Whether an API version is the wanted one or newer: `apiAtLeast("1.41", "1.44")` is false. */
export function apiAtLeast(version: string, wanted: string): boolean {
  const [major, minor] = parts(version);
  const [wantedMajor, wantedMinor] = parts(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Whether the text is an API version at all. */
export function isApiVersion(text: string): boolean {
  return /^\d+\.\d+$/.test(text);
}

export type Negotiation =
  | { readonly kind: "agreed"; readonly apiVersion: string }
  /** No version serves both; `reason` says why and what to do. */
  | { readonly kind: "none"; readonly reason: string };

/** The newest version that both know. `engineOldest` is unknown until the engine was asked for more than a ping. */
export function negotiate(engineNewest: string, engineOldest: string | undefined): Negotiation {
  if (!apiAtLeast(engineNewest, oldestApiVersion)) {
    return {
      kind: "none",
      reason: `the engine speaks API ${engineNewest} at most and Berth needs ${oldestApiVersion} (Docker 20.10): upgrade the engine`,
    };
  }
  if (engineOldest !== undefined && !apiAtLeast(newestApiVersion, engineOldest)) {
    return {
      kind: "none",
      reason: `the engine speaks no API older than ${engineOldest} and this Berth none newer than ${newestApiVersion}: upgrade Berth, or set "min-api-version" (DOCKER_MIN_API_VERSION) on the engine`,
    };
  }
  return { kind: "agreed", apiVersion: apiAtLeast(engineNewest, newestApiVersion) ? newestApiVersion : engineNewest };
}

function parts(version: string): [number, number] {
  const [major, minor] = version.split(".");
  return [Number(major), Number(minor)];
}
