import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A docker client of version 28: /usr/local/bin/docker, else the first in PATH. Not a later one: 29 has dropped options and
 * reads some values otherwise, so that it says nothing about what we promise.
 */
export async function findDockerClient(): Promise<{ file: string; version: string } | undefined> {
  const folders = ["/usr/local/bin", ...(process.env["PATH"] ?? "").split(":")].filter((folder) => folder !== "");
  for (const folder of folders) {
    const file = path.join(folder, "docker");
    const answer = await run(file, ["--version"]).catch(() => undefined);
    const version = /version (\d+\.\d+\.\d+)/.exec(answer?.stdout ?? "")?.[1];
    if (version !== undefined && version.startsWith("28.")) return { file, version };
  }
  return undefined;
}

/** What the client did with an option list: the body that it sent, or its exit code and words. */
export type Recorded = { readonly body: Record<string, unknown> } | { readonly exit: number; readonly message: string };

export interface Recorder extends AsyncDisposable {
  /** Runs `docker create <args> IMAGE` and returns what arrived. */
  create(args: readonly string[]): Promise<Recorded>;
  /** `docker run --help`, which depends on the engine asked. */
  help(): Promise<string>;
}

export const recordedImage = "berth-test/recorded:1";

/**
 * Runs docker's client against an endpoint that claims an API version and writes down each create request, answering that it
 * was done. Nothing is created, so that it also records what no engine at hand is new enough for.
 */
export async function startRecorder(client: string, apiVersion: string): Promise<Recorder> {
  let body: Record<string, unknown> | undefined;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const isCreate = request.url?.includes("/containers/create") === true;
      if (isCreate) body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const versions = { "api-version": apiVersion, "docker-experimental": "false", ostype: "linux" };
      response.writeHead(isCreate ? 201 : 200, { ...versions, "content-type": "application/json" });
      response.end(isCreate ? JSON.stringify({ Id: "0".repeat(64), Warnings: [] }) : "{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  // An empty configuration: proxies in a user's own would be sent as environment.
  const config = await mkdtemp(path.join(tmpdir(), "berth-docker-config-"));
  const env = { PATH: process.env["PATH"] ?? "", HOME: config, DOCKER_CONFIG: config };
  const host = `tcp://127.0.0.1:${port}`;
  return {
    help: async () => (await run(client, ["-H", host, "run", "--help"], { env })).stdout,
    create: async (args) => {
      body = undefined;
      const failure = await run(client, ["-H", host, "create", ...args, recordedImage], {
        env,
      }).then(
        () => undefined,
        (error: { code?: number; stderr?: string }) => error,
      );
      if (failure) return { exit: failure.code ?? -1, message: (failure.stderr ?? "").split("\n")[0] ?? "" };
      if (!body) throw new Error(`docker create ${args.join(" ")} sent no request`);
      return { body };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(config, { recursive: true, force: true });
    },
  };
}

/** The options that `docker run --help` prints for an engine of API 1.41: name -> letter, empty without one. */
export async function readHelp(client: string): Promise<Record<string, string>> {
  await using recorder = await startRecorder(client, "1.41");
  const text = await recorder.help();
  const options = [...text.matchAll(/^ {2}(?:-(\w), | {4})--([\w-]+)/gm)].map(([, letter = "", name = ""]) => [
    name,
    letter,
  ]);
  return Object.fromEntries(options) as Record<string, string>;
}
