import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findEngine, type RecordingProxy, startRecordingProxy } from "@berth/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { overlay } from "./overlay.ts";
import { acceptedCases, caseName, newerCases, toArguments, toParameter } from "./recording/cases.ts";
import { changesOf } from "./recording/changes.ts";
import { findDockerClient, recordedImage } from "./recording/docker-client.ts";

const engine = await findEngine();
const client = await findDockerClient();
const run = promisify(execFile);

// What this engine is too old for, and what its own client refuses to ask an old engine.
const cases = [
  ...newerCases.map(({ parameters }) => parameters),
  ...acceptedCases.filter((list) => list.some((text) => text.includes("mac-address="))),
];

describe.skipIf(engine === undefined || client === undefined)(
  "the live client's requests to an engine of API 1.50",
  () => {
    let proxy: RecordingProxy | undefined;
    let config = "";

    beforeAll(async () => {
      proxy = await startRecordingProxy(engine?.socketPath ?? "", { pretendApiVersion: "1.50", swallowCreates: true });
      config = await mkdtemp(path.join(tmpdir(), "berth-test-docker-run-options-"));
    });

    afterAll(async () => {
      await proxy?.stop();
      await rm(config, { recursive: true, force: true });
    });

    it.each(cases.map((parameters) => ({ name: caseName(parameters), parameters })))(
      "$name",
      async ({ parameters }) => {
        const baseline = await requestOf([]);
        const theirs = await requestOf(toArguments(parameters));
        const result = parseRunOptions(parameters.map(toParameter), { apiVersion: "1.50" });
        if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join("; "));
        const ours = overlay(baseline, result.options.body);
        expect(changesOf(ours, baseline)).toEqual(changesOf(theirs, baseline));
        expect(changesOf(theirs, baseline)).not.toEqual({});
      },
    );

    async function requestOf(args: readonly string[]): Promise<Record<string, unknown>> {
      const before = proxy?.calls.length ?? 0;
      const env = { PATH: process.env["PATH"] ?? "", HOME: config, DOCKER_CONFIG: config };
      await run(client?.file ?? "", ["-H", proxy?.host ?? "", "create", ...args, recordedImage], { env });
      const call = proxy?.calls.slice(before).find(({ path }) => path === "/containers/create");
      if (call === undefined) throw new Error("the client sent no create request");
      return call.body as Record<string, unknown>;
    }
  },
);
