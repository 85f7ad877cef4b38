import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { idFault } from "@berth/containerizer";
import type { Resource } from "@berth/proto/v1";
import { reservationRoleOf } from "@berth/resources";

export interface VolumeChanges {
  /** Relative to the work folder. */
  readonly made: readonly string[];
  readonly removed: readonly string[];
  /** Why a volume gets no folder. */
  readonly refused: readonly string[];
}

/** The folders of persistent volumes that come and go when `after` takes the place of `before`. */
export function volumeChanges(before: readonly Resource[], after: readonly Resource[]): VolumeChanges {
  const old = volumePaths(before).paths;
  const { paths, refused } = volumePaths(after);
  return {
    made: [...paths].filter((each) => !old.has(each)),
    removed: [...old].filter((each) => !paths.has(each)),
    refused,
  };
}

/** Resolves with what could not be done. A volume that was destroyed takes its data with it. */
export async function applyVolumeChanges(
  workDirectory: string,
  { made, removed }: VolumeChanges,
): Promise<readonly { readonly directory: string; readonly error: unknown }[]> {
  const failures: { directory: string; error: unknown }[] = [];
  const attempt = async (relative: string, job: (directory: string) => Promise<unknown>) => {
    const directory = path.join(workDirectory, relative);
    await job(directory).catch((error: unknown) => failures.push({ directory, error }));
  };
  for (const each of made) await attempt(each, (directory) => mkdir(directory, { recursive: true }));
  for (const each of removed) await attempt(each, (directory) => rm(directory, { recursive: true, force: true }));
  return failures;
}

function volumePaths(resources: readonly Resource[]): { paths: ReadonlySet<string>; refused: readonly string[] } {
  const paths = new Set<string>();
  const refused: string[] = [];
  for (const resource of resources) {
    const id = resource.disk?.persistence?.id;
    if (id === undefined) continue;
    // A role like `eng/web` is one folder; a space is in no role. Source: the original's layout.
    const role = reservationRoleOf(resource).replaceAll("/", " ");
    const fault = idFault(id) ?? idFault(role);
    if (fault !== undefined) refused.push(`the id or role of a volume ${fault}`);
    else if (resource.disk?.source !== undefined) refused.push(`volume ${id} is not on the root disk`);
    else paths.add(path.join("volumes", "roles", role, id));
  }
  return { paths, refused };
}
