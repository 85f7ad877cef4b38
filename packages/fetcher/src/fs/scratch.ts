import { Directory, type Owner } from "./directory.ts";
import { temporaryName } from "./staging.ts";

/** Lends a folder of `owner` below `parent`, which a program of that user can reach by its path, and removes it afterwards. */
export async function withScratch<T>(
  parent: string,
  owner: Owner | undefined,
  use: (folder: Directory, path: string) => Promise<T>,
): Promise<T> {
  await using above = await Directory.open(parent);
  const name = temporaryName();
  try {
    await using folder = await above.makeDirectory(name, 0o700, owner);
    return await use(folder, `${parent}/${name}`);
  } finally {
    await above.remove(name);
  }
}
