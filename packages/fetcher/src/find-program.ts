import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";

const fallbackPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The absolute path of a program in a PATH; relative entries of it are passed over. */
export async function findProgram(name: string, searchPath: string | undefined): Promise<string | undefined> {
  for (const folder of (searchPath ?? fallbackPath).split(":")) {
    if (!folder.startsWith("/")) continue;
    const candidate = path.join(folder, name);
    if (
      await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  return undefined;
}
