import { writeFile } from "node:fs/promises";
import { allCases, caseName, toArguments } from "./cases.ts";
import { changesOf } from "./changes.ts";
import { cornerValues } from "./corner-values.ts";
import { findDockerClient, readHelp, startRecorder } from "./docker-client.ts";

// `pnpm run record`: what the real client does with every case, for machines that have none.
const client = await findDockerClient();
if (!client) throw new Error("recording needs a docker client of version 28");
for (const apiVersion of ["1.41", "1.50"]) {
  await using recorder = await startRecorder(client.file, apiVersion);
  const plain = await recorder.create([]);
  if (!("body" in plain)) throw new Error(`docker create without options failed: ${plain.message}`);
  const cases: Record<string, unknown> = {};
  for (const parameters of allCases) {
    const answer = await recorder.create(toArguments(parameters));
    cases[caseName(parameters)] = "body" in answer ? { changes: changesOf(answer.body, plain.body) } : answer;
  }
  const file = new URL(`../fixtures/client-api-${apiVersion}.json`, import.meta.url);
  const fixture = { client: client.version, apiVersion, baseline: plain.body, cases };
  await writeFile(file, `${JSON.stringify(fixture, undefined, 1)}\n`);
}

await using recorder = await startRecorder(client.file, "1.50");
const plain = await recorder.create([]);
const corners: Record<string, Record<string, unknown>> = {};
for (const [key, values] of Object.entries(cornerValues)) {
  const answers: Record<string, unknown> = {};
  for (const value of values) {
    const answer = await recorder.create([`--${key}=${value}`]);
    answers[value] = "body" in answer && "body" in plain ? { changes: changesOf(answer.body, plain.body) } : answer;
  }
  corners[key] = answers;
}
await writeFile(
  new URL("../fixtures/client-corners.json", import.meta.url),
  `${JSON.stringify({ client: client.version, apiVersion: "1.50", corners }, undefined, 1)}\n`,
);

const help = await readHelp(client.file);
await writeFile(
  new URL("../fixtures/client-help.json", import.meta.url),
  `${JSON.stringify({ client: client.version, options: help }, undefined, 1)}\n`,
);
