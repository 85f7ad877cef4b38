import { FetchError } from "../errors.ts";
import { errnoOf } from "../system-error.ts";
import type { Directory, EntryName, Owner } from "./directory.ts";
import { moveEntry } from "./move-entry.ts";

interface Made {
  readonly parents: readonly EntryName[];
  readonly name: EntryName;
  /** A folder that was made on the way goes only when nothing else came into it. */
  readonly onlyIfEmpty: boolean;
}

/**
 * Moves what is finished to its place in the sandbox, and knows how to take it back when a later move fails.
 * No link that lies in the sandbox is followed.
 */
export class Placement {
  readonly #sandbox: Directory;
  readonly #owner: Owner | undefined;
  readonly #made: Made[] = [];

  constructor(sandbox: Directory, owner: Owner | undefined) {
    this.#sandbox = sandbox;
    this.#owner = owner;
  }

  /** `target` are the components below the sandbox; missing folders are made. */
  async placeFile(from: Directory, name: string, target: readonly string[]): Promise<void> {
    const last = target.at(-1) ?? "";
    const parents = target.slice(0, -1);
    const opened: Directory[] = [];
    try {
      let folder = this.#sandbox;
      for (const [depth, part] of parents.entries()) {
        folder = await this.#enter(folder, parents.slice(0, depth), part);
        opened.push(folder);
      }
      await this.#replace(from, name, folder, parents, last);
    } finally {
      for (const folder of opened) await folder.close();
    }
  }

  /** Merges an unpacked folder into the sandbox: folders join, everything else replaces what has its name. */
  async placeTree(from: Directory): Promise<void> {
    await this.#merge(from, this.#sandbox, []);
  }

  /** Takes back everything placed so far. What was replaced is lost. */
  async undo(): Promise<void> {
    for (const made of this.#made.splice(0).reverse()) await this.#takeBack(made);
  }

  async #merge(from: Directory, into: Directory, parents: readonly EntryName[]): Promise<void> {
    for (const name of await from.names()) {
      const source = await from.kindOf(name);
      if (source === "directory" && (await into.kindOf(name)) === "directory") {
        await using inner = await from.openDirectory(name);
        await using target = await into.openDirectory(name);
        await this.#merge(inner, target, [...parents, name]);
      } else {
        await this.#replace(from, name, into, parents, name);
      }
    }
  }

  async #replace(
    from: Directory,
    name: EntryName,
    into: Directory,
    parents: readonly EntryName[],
    targetName: EntryName,
  ): Promise<void> {
    const source = await from.kindOf(name);
    const there = await into.kindOf(targetName);
    if (there === "directory" && source !== "directory") {
      throw new FetchError("conflict", `a folder named '${targetName.toString()}' already stands in the sandbox`);
    }
    // rename(2) replaces a file by a file, but not a file by a folder.
    if (there === "other" && source === "directory") await into.removeFile(targetName);
    await moveEntry(from, name, into, targetName);
    this.#made.push({ parents, name: targetName, onlyIfEmpty: false });
  }

  async #enter(folder: Directory, parents: readonly string[], name: string): Promise<Directory> {
    try {
      const made = await folder.makeDirectory(name, 0o755, this.#owner);
      this.#made.push({ parents, name, onlyIfEmpty: true });
      return made;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      return await folder.openDirectory(name);
    }
  }

  async #takeBack(made: Made): Promise<void> {
    const opened: Directory[] = [];
    try {
      let folder = this.#sandbox;
      for (const part of made.parents) {
        folder = await folder.openDirectory(part);
        opened.push(folder);
      }
      await (made.onlyIfEmpty ? folder.removeIfEmpty(made.name) : folder.remove(made.name));
    } catch (error) {
      // Somebody took the way away: then there is nothing of ours left to take back there.
      if (!(error instanceof FetchError) && errnoOf(error) !== "ENOENT") throw error;
    } finally {
      for (const folder of opened) await folder.close();
    }
  }
}
