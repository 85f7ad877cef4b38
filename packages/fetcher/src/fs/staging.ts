import { randomBytes } from "node:crypto";
import { Directory } from "./directory.ts";

const prefix = ".berth-fetch-";

/**
 * The private folder of one fetch, inside the sandbox and so on its file system: everything is built here, out of the reach of
 * others, and only what is whole is moved out. Only the agent may enter it.
 */
export class Staging implements AsyncDisposable {
  readonly sandbox: Directory;
  readonly folder: Directory;
  readonly #name: string;

  private constructor(sandbox: Directory, folder: Directory, name: string) {
    this.sandbox = sandbox;
    this.folder = folder;
    this.#name = name;
  }

  static async create(sandboxDirectory: string): Promise<Staging> {
    const sandbox = await Directory.open(sandboxDirectory);
    const name = temporaryName();
    try {
      return new Staging(sandbox, await sandbox.makeDirectory(name, 0o700, undefined), name);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  }

  /** Removes everything that was not moved out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder.close();
    try {
      await this.sandbox.remove(this.#name);
    } finally {
      await this.sandbox.close();
    }
  }
}

/** A name for a partial file or private folder. */
export function temporaryName(): string {
  return prefix + randomBytes(8).toString("hex");
}
