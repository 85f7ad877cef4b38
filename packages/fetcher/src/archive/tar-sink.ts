import { Writable } from "node:stream";
import { UnpackSync } from "tar";
import { FetchError } from "../errors.ts";
import { findProgram } from "../find-program.ts";
import { startAs } from "../run-as.ts";
import { toFetchError } from "../system-error.ts";
import type { UnpackOptions } from "./unpack-options.ts";

/** What takes the tar that we write and makes files of it. */
export interface TarSink {
  readonly input: Writable;
  /** Resolves when everything is on disk; rejects with FetchError. */
  readonly done: Promise<void>;
}

/** The system's tar where there is one (it is faster, and runs as the user), else the library. */
export async function openTarSink(options: UnpackOptions, signal: AbortSignal): Promise<TarSink> {
  if (options.tar === "library") return librarySink(options);
  const program = await findProgram("tar", options.environment["PATH"]);
  if (program !== undefined) return systemSink(program, options, signal);
  if (options.tar === "auto") return librarySink(options);
  throw new FetchError("unsupported", "there is no 'tar' in PATH");
}

/**
 * Runs as the task's user, in the private folder: what it makes is owned by that user, and the kernel holds it to that user's rights.
 * The folder's parent may be entered by us alone, so nobody else can plant a link in its way.
 */
function systemSink(program: string, options: UnpackOptions, signal: AbortSignal): TarSink {
  const { child, ended } = startAs({
    program,
    args: ["-x", "-p", "-o", "-f", "-"],
    environment: { PATH: options.environment["PATH"] },
    runAs: options.identity,
    cwd: options.into.self,
    stdio: ["pipe", "ignore", "pipe"],
    signal,
  });
  const input = child.stdin;
  if (input === null) throw new FetchError("io", "tar could not be started");
  // A broken pipe only says that tar has ended: its status and words say why.
  input.on("error", () => {});
  const done = (async () => {
    const result = await ended;
    if (result.exitCode === 0) return;
    if (/no space left|quota exceeded|wrote only/i.test(result.stderr))
      throw new FetchError("no-space", "no space left on the device");
    const said = result.stderr.split("\n")[0] ?? "";
    throw new FetchError(
      "archive-damaged",
      `the archive cannot be unpacked: ${said === "" ? `tar ended with status ${result.exitCode}` : said}`,
    );
  })();
  done.catch(() => {});
  return { input, done };
}

/**
 * The synchronous unpacker is four times as fast as the library's other one; it holds the event loop for some milliseconds a batch.
 * It runs as ourselves, in a folder that only we may enter.
 */
function librarySink(options: UnpackOptions): TarSink {
  const { identity } = options;
  const unpack = new UnpackSync({
    cwd: options.into.self,
    strict: true,
    ...(identity !== undefined && { uid: identity.uid, gid: identity.gid }),
  });
  const input = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (unpack.write(chunk)) done();
      else unpack.once("drain", () => done());
    },
    final(done) {
      unpack.end();
      done();
    },
  });
  input.on("error", () => {});
  const done = new Promise<void>((resolve, reject) => {
    unpack.on("close", () => resolve());
    const fail = (error: unknown) => {
      input.destroy();
      reject(unpackFault(error));
    };
    unpack.on("error", fail);
    // A feed that is given up never ends the parser.
    input.on("close", () => {
      if (!input.writableFinished) fail(new Error("given up"));
    });
  });
  done.catch(() => {});
  return { input, done };
}

/** A full disk keeps its code; everything else lies in the archive, for we may do anything in our own folder. */
function unpackFault(error: unknown): FetchError {
  const fault = toFetchError(error, undefined, "the archive cannot be unpacked");
  if (fault.code === "no-space") return fault;
  return new FetchError("archive-damaged", fault.reason, { cause: error });
}
