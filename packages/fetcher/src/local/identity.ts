import { readFile } from "node:fs/promises";
import type { FetchUser } from "../fetcher.ts";
import type { Identity } from "../run-as.ts";

/**
 * Who reads local files for a task: its user, when we are root and it is another; else undefined, which is ourselves.
 * Supplementary groups are those of `user.groups`, else of /etc/group.
 */
export async function identityOf(
  user: FetchUser | undefined,
  ownUid: number,
  canSetGroups: boolean,
): Promise<Identity | undefined> {
  if (user === undefined || ownUid !== 0 || user.uid === 0) return undefined;
  const groups = canSetGroups ? (user.groups ?? groupsIn(await groupFile(), user.name)) : [];
  return { uid: user.uid, gid: user.gid, groups: groups.filter((gid) => gid !== user.gid) };
}

/** The ids of the groups that list a user, from the text of /etc/group. */
export function groupsIn(text: string, userName: string): number[] {
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter(([, , gid, members]) => /^\d+$/.test(gid ?? "") && (members ?? "").split(",").includes(userName))
    .map(([, , gid]) => Number(gid));
}

async function groupFile(): Promise<string> {
  return readFile("/etc/group", "utf8").catch(() => "");
}
