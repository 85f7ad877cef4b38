// npm run bench: one table of medians, ours against a reference that does the same work the plain way, in the same run.
// npm run bench -- launch footprint: only these.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { ensureTestImage, findEngine } from "@berth/testkit";
import { type BareEngine, createBareEngine } from "./bare-engine.ts";
import { exitNotice } from "./cases/exit-notice.ts";
import { extractArchive } from "./cases/extract-archive.ts";
import { fetchFile } from "./cases/fetch-file.ts";
import { footprint } from "./cases/footprint.ts";
import { imageWaiters } from "./cases/image-waiters.ts";
import { launch, launchMany } from "./cases/launch.ts";
import { logOutput } from "./cases/log-output.ts";
import type { BenchResult } from "./result.ts";
import { createStack, type Stack } from "./stack.ts";
import { renderTable } from "./table.ts";

interface Ground {
  readonly socketPath: string;
  readonly image: string;
  readonly stack: Stack;
  readonly engine: BareEngine;
}

const cases: Readonly<Record<string, (ground: Ground) => Promise<readonly BenchResult[]>>> = {
  // First, since memory that others have freed would hide what it grows by.
  footprint: ({ stack, socketPath, image }) => footprint(stack, socketPath, image),
  launch: ({ stack, engine, image }) => launch(stack, engine, image),
  many: ({ stack, engine, image }) => launchMany(stack, engine, image),
  exit: ({ stack, engine, image }) => exitNotice(stack, engine, image),
  waiters: ({ socketPath }) => imageWaiters(socketPath),
  output: ({ socketPath, image }) => logOutput(socketPath, image),
  fetch: () => fetchFile(),
  extract: () => extractArchive(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in cases));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}: one of ${Object.keys(cases).join(", ")}`);
  process.exit(2);
}
const found = await findEngine();
if (found === undefined) throw new Error("the bench needs an engine on a unix socket");
const { socketPath } = found;
const image = await ensureTestImage(socketPath);
const engine = createBareEngine(socketPath);
const results: BenchResult[] = [];
{
  await using stack = await createStack(socketPath);
  for (const [name, run] of Object.entries(cases)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`bench: ${name}`);
    results.push(...(await run({ socketPath, image, stack, engine })));
  }
}
engine.close();
console.log(renderTable(results));
if (asked.length === 0) {
  const folder = path.resolve(import.meta.dirname, "../../../bench");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
}
