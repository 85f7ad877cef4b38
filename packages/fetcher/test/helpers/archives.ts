import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { ArchiveEntry } from "../../src/archive/entry.ts";
import { TarWriter } from "../../src/archive/tar-writer.ts";

const run = promisify(execFile);

export interface EntryRecipe extends Partial<ArchiveEntry> {
  readonly name: string;
  readonly content?: string | Buffer;
}

/** A tar with any entries, also such as no tar program would make. */
export async function tarOf(recipes: readonly EntryRecipe[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const writer = new TarWriter(sink);
  for (const { content, ...recipe } of recipes) {
    const body = Buffer.from(content ?? "");
    const entry: ArchiveEntry = {
      kind: "file",
      linkTarget: "",
      mode: 0o644,
      modified: 1e9,
      sizeBytes: body.length,
      ...recipe,
    };
    writer.entry({ ...entry, name: Buffer.from(entry.name).toString("latin1") });
    writer.data(body);
    writer.endEntry(body.length);
  }
  await writer.end();
  return Buffer.concat(chunks);
}

export async function tarGzOf(recipes: readonly EntryRecipe[]): Promise<Buffer> {
  return gzipSync(await tarOf(recipes));
}

/** A folder with the given files, to be packed by real programs. */
export async function folderOf(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}

/** Runs the system's tar: `args` as for `tar`, in `cwd`. */
export async function systemTar(cwd: string, ...args: string[]): Promise<void> {
  await run("tar", args, { cwd });
}
