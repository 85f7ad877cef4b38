import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, open as openByCallback, openSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { Dispatchers } from "../src/http/dispatchers.ts";
import { httpAttempt } from "../src/http/http-attempt.ts";
import { httpServer } from "./helpers/http-server.ts";
import { temporaryFolder } from "./helpers/workspace.ts";

/** Keeps all threads that could write to a disk waiting for a pipe, until `go`. */
function holdThreads(pipe: string): { go: () => void } {
  const threads = Number(process.env["UV_THREADPOOL_SIZE"] ?? 4);
  for (let index = 0; index < threads; index += 1) {
    openByCallback(pipe, "r", (error, descriptor) => {
      if (error === null) closeSync(descriptor);
    });
  }
  return { go: () => closeSync(openSync(pipe, "w")) };
}

it.each([
  ["of known length", 64 << 20],
  ["of unknown length", undefined],
])(
  "a disk that stands still stops the source, is no stall of it, and loses nothing: body %s",
  async (_name, length) => {
    const folder = await temporaryFolder();
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const body = randomBytes(64 << 20);
    const server = await httpServer((_request, response) => {
      response.writeHead(200, length === undefined ? {} : { "content-length": length }).end(body);
    });
    const dispatchers = new Dispatchers({ environment: {}, connectTimeoutMs: 10_000, tlsCertificates: [] });
    onTestFinished(() => dispatchers.close());
    const url = new URL(`${server.url}/f`);
    await using connection = dispatchers.connect(url);
    await using file = await open(path.join(folder, "f"), "w+");
    const begun = Promise.withResolvers<{ go: () => void }>();
    let receivedBytes = 0;
    const attempt = httpAttempt({
      connection,
      url,
      headers: {},
      asked: { offset: 0, validators: undefined, totalBytes: undefined, conditional: false },
      stallTimeoutMs: 200,
      transfer: {
        shownUri: url.href,
        file,
        signal: new AbortController().signal,
        known: undefined,
        onStart: () => begun.resolve(holdThreads(pipe)),
        onBytes: (bytes) => {
          receivedBytes = bytes;
        },
        onRetry: () => {},
      },
    });
    const threads = await begun.promise;
    // Longer than a stall may last.
    await delay(1000);
    const whileHeldBytes = receivedBytes;
    threads.go();
    expect(await attempt).toMatchObject({ stalled: false, failure: undefined, receivedBytes: body.length });
    expect(whileHeldBytes).toBeGreaterThan(0);
    expect(whileHeldBytes).toBeLessThanOrEqual(length === undefined ? 17 << 20 : 4 << 20);
    expect((await readFile(path.join(folder, "f"))).equals(body)).toBe(true);
  },
);
