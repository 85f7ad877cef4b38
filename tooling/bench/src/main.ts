// npm run bench: one table of medians, ours against a reference that does the same work the plain way, in the same run.
// npm run bench -- launch footprint: only these. throughput=50, scale=1000 or streams=100: with so many tasks.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ensureTestImage, findEngine } from "@berth/testkit";
import { type BareEngine, createBareEngine } from "./bare-engine.ts";
import { agent } from "./cases/agent.ts";
import { exitNotice } from "./cases/exit-notice.ts";
import { extractArchive } from "./cases/extract-archive.ts";
import { fetchFile } from "./cases/fetch-file.ts";
import { footprint } from "./cases/footprint.ts";
import { imageWaiters } from "./cases/image-waiters.ts";
import { launch, launchMany } from "./cases/launch.ts";
import { logOutput } from "./cases/log-output.ts";
import { scale } from "./cases/scale.ts";
import { streams } from "./cases/streams.ts";
import { throughput } from "./cases/throughput.ts";
import type { BenchResult } from "./result.ts";
import { createStack, type Stack } from "./stack.ts";
import { renderTable } from "./table.ts";

interface Ground {
  readonly socketPath: string;
  readonly image: string;
  readonly stack: Stack;
  readonly engine: BareEngine;
  /** `scale=1000`: how many, in place of the case's own number. */
  readonly count: number | undefined;
}

const cases: Readonly<Record<string, (ground: Ground) => Promise<readonly BenchResult[]>>> = {
  // First, since memory that others have freed would hide what it grows by.
  footprint: ({ stack, socketPath, image }) => footprint(stack, socketPath, image),
  launch: ({ stack, engine, image }) => launch(stack, engine, image),
  many: ({ stack, engine, image }) => launchMany(stack, engine, image),
  exit: ({ stack, engine, image }) => exitNotice(stack, engine, image),
  agent,
  throughput: ({ socketPath, engine, image, count }) => throughput(socketPath, engine, image, count),
  scale: ({ count }) => scale(count),
  streams: ({ count }) => streams(count),
  waiters: ({ socketPath }) => imageWaiters(socketPath),
  output: ({ socketPath, image }) => logOutput(socketPath, image),
  fetch: () => fetchFile(),
  extract: () => extractArchive(),
};

const asked = new Map(process.argv.slice(2).map(readAsked));
const unknown = [...asked.keys()].filter((name) => !(name in cases));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}: one of ${Object.keys(cases).join(", ")}`);
  process.exit(2);
}
// As an end like any other: what was started is told.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const found = await findEngine();
if (found === undefined) throw new Error("the bench needs an engine on a unix socket");
const { socketPath } = found;
const image = await ensureTestImage(socketPath);
const engine = createBareEngine(socketPath);
const results: BenchResult[] = [];
{
  await using stack = await createStack(socketPath);
  for (const [name, run] of Object.entries(cases)) {
    if (asked.size > 0 && !asked.has(name)) continue;
    console.error(`bench: ${name}`);
    results.push(...(await run({ socketPath, image, stack, engine, count: asked.get(name) })));
  }
}
engine.close();
console.log(renderTable(results));
if (asked.size === 0) {
  const folder = path.resolve(import.meta.dirname, "../../../bench");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
}

function readAsked(text: string): readonly [string, number | undefined] {
  const [name = "", count] = text.split("=", 2);
  if (count === undefined) return [name, undefined];
  if (!/^[1-9]\d*$/.test(count)) throw new Error(`${text}: a number of tasks is meant`);
  return [name, Number(count)];
}
