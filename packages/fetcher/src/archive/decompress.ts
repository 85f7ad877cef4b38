import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import zlib from "node:zlib";
import { FetchError } from "../errors.ts";
import { findProgram } from "../find-program.ts";
import { startAs } from "../run-as.ts";
import type { Format } from "./detect.ts";
import type { UnpackOptions } from "./unpack-options.ts";

const chunkBytes = 256 * 1024;

/** The plain bytes of an open file, from its start. A fault of the compressed data throws `archive-damaged`. */
export async function* decompress(
  format: Exclude<Format, "zip">,
  options: Omit<UnpackOptions, "into">,
): AsyncGenerator<Buffer> {
  switch (format) {
    case "tar":
      yield* plain(options.archive);
      return;
    case "gzip":
      yield* through(options.archive, zlib.createGunzip({ chunkSize: chunkBytes }));
      return;
    case "zstd":
      yield* through(options.archive, zlib.createZstdDecompress({ chunkSize: chunkBytes }));
      return;
    case "bzip2":
    case "xz":
      yield* byProgram(format, options);
      return;
  }
}

/** Not a ReadStream: that closes the descriptor with itself, and this one is lent. */
async function* plain(archive: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await archive.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* through(archive: FileHandle, stream: zlib.Gunzip | zlib.ZstdDecompress): AsyncGenerator<Buffer> {
  const source = Readable.from(plain(archive), { objectMode: false });
  source.on("error", (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof FetchError) throw error;
    throw damaged(error);
  } finally {
    source.destroy();
    stream.destroy();
  }
}

/** Node has no bzip2 and no xz: the host's programs do it, as the task's user and with nothing open but the archive. */
async function* byProgram(program: "bzip2" | "xz", options: Omit<UnpackOptions, "into">): AsyncGenerator<Buffer> {
  const found = await findProgram(program, options.environment["PATH"]);
  if (found === undefined) {
    throw new FetchError("unsupported", `the archive needs the program '${program}', which is not in PATH`);
  }
  const stop = new AbortController();
  const { child, ended } = startAs({
    program: found,
    args: ["-d", "-c"],
    environment: { PATH: options.environment["PATH"] },
    runAs: options.identity,
    cwd: "/",
    stdio: [options.archive.fd, "pipe", "pipe"],
    signal: AbortSignal.any([options.signal, stop.signal]),
  });
  ended.catch(() => {});
  try {
    for await (const chunk of child.stdout ?? []) yield chunk as Buffer;
    const { exitCode, stderr } = await ended;
    if (exitCode !== 0) throw damaged(new Error(stderr));
  } finally {
    stop.abort();
    await ended.catch(() => {});
  }
}

function damaged(cause: unknown): FetchError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FetchError("archive-damaged", `the archive is damaged: ${why}`, { cause });
}
