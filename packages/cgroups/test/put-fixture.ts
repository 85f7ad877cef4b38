import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { createCgroupReader } from "../src/index.ts";

export const fixtureGroup = `${"0".repeat(8)}${"c0ffee".repeat(9)}00`;
export const fixturePid = 4711;

type Files = Readonly<Record<string, string | undefined>>;

/** Puts a recorded tree in a directory that goes with the test, with some files changed (undefined: left out). */
export async function putFixture(name: "v1-split" | "v2-systemd", changes: Files = {}) {
  const text = await readFile(path.join(import.meta.dirname, "fixtures", `${name}.json`), "utf8");
  const { files } = JSON.parse(text) as { files: Files };
  const root = await mkdtemp(path.join(tmpdir(), "berth-test-cgroups-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [file, content] of Object.entries({ ...files, ...changes })) {
    if (content === undefined) continue;
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content.replaceAll("ROOT", root));
  }
  return { root, reader: createCgroupReader({ procRoot: path.join(root, "proc") }) };
}
