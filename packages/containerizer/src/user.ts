import { readFile } from "node:fs/promises";
import { ContainerizerError } from "./errors.ts";

/** A user of this machine. */
export interface UserIdentity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who `user` is on this machine: a name of the passwd file, a uid, or `uid:gid`. A bare uid that has no entry gets itself as group.
 * Rejects with ContainerizerError `unknown-user`. Users that only a directory service knows have to be given by number.
 */
export async function resolveUser(
  user: string,
  options: { containerId?: string; passwdFile?: string } = {},
): Promise<UserIdentity> {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  for (const id of [uid, gid]) {
    // The kernel's highest is the mark for "none".
    if (id === undefined || Number(id) < 2 ** 32 - 1) continue;
    throw new ContainerizerError("unknown-user", `user "${user}": ${id} is no uid`, options.containerId ?? "");
  }
  if (uid !== undefined && gid !== undefined) return { name: user, uid: Number(uid), gid: Number(gid) };
  const passwdFile = options.passwdFile ?? "/etc/passwd";
  const text = await readFile(passwdFile, "utf8").catch((cause: unknown) => {
    throw new ContainerizerError("unknown-user", `cannot read ${passwdFile}`, options.containerId ?? "", { cause });
  });
  const found = parsePasswd(text).find((entry) =>
    uid === undefined ? entry.name === user : entry.uid === Number(uid),
  );
  if (found !== undefined) return found;
  if (uid !== undefined) return { name: user, uid: Number(uid), gid: Number(uid) };
  throw new ContainerizerError(
    "unknown-user",
    `user "${user}" is not known on this machine, so the sandbox cannot be theirs; add the user, or give a number (uid or uid:gid)`,
    options.containerId ?? "",
  );
}

/** The entries of a passwd file, in order; lines that are no entries are passed over. */
export function parsePasswd(text: string): readonly UserIdentity[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || name === "" || name.startsWith("#")) return [];
    if (uid === undefined || gid === undefined || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
