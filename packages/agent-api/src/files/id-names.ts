import { readFile } from "node:fs/promises";
import type { IdNames } from "./file-info.ts";

/** The names that this machine has for its users and groups now. A file that cannot be read knows nobody. */
export async function readIdNames(
  files: { readonly passwd: string; readonly group: string } = { passwd: "/etc/passwd", group: "/etc/group" },
): Promise<IdNames> {
  const [users, groups] = await Promise.all([readNames(files.passwd), readNames(files.group)]);
  return { user: (uid) => users.get(uid) ?? String(uid), group: (gid) => groups.get(gid) ?? String(gid) };
}

/** Both files begin `name:password:id:`. The first entry of an id names it. */
async function readNames(file: string): Promise<ReadonlyMap<number, string>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    if (/^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
