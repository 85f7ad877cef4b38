import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ensureTestImage, findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { readWorkspace, type WorkspacePackage } from "../src/workspace.ts";

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../../..");
const engine = await findEngine();

/** The packages that people install by themselves, and all that they need of ours. */
const wanted = ["@berth/fetcher", "@berth/image-puller", "@berth/docker-executor"];

describe.skipIf(engine === undefined)("tarballs", () => {
  it("install in an empty project and work there", async () => {
    const socketPath = engine?.socketPath ?? "";
    const image = await ensureTestImage(socketPath);
    const folder = await mkdtemp(path.join(tmpdir(), "berth-tarballs-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const packed = path.join(folder, "packed");
    const project = path.join(folder, "project");
    await mkdir(packed);
    await mkdir(project);
    for (const each of closure(wanted)) {
      await exec("pnpm", ["pack", "--pack-destination", packed], { cwd: path.join(root, each.folder) });
    }
    const tarballs = (await readdir(packed)).map((name) => path.join(packed, name));
    await writeFile(
      path.join(project, "package.json"),
      JSON.stringify({ name: "empty", private: true, type: "module" }),
    );
    await exec("npm", ["install", "--no-audit", "--no-fund", ...tarballs, "@types/node@26"], { cwd: project });
    for (const name of ["use-packages.mjs", "use-types.mts"]) {
      await cp(path.join(import.meta.dirname, "fixtures", name), path.join(project, name));
    }
    // Types as a consumer gets them: strict, without our export condition, library declarations checked too.
    await exec(
      "tsc",
      ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node", "use-types.mts"],
      {
        cwd: project,
      },
    );

    const { stdout } = await exec(process.execPath, ["use-packages.mjs", socketPath, image], { cwd: project });

    const seen = JSON.parse(stdout) as Record<string, unknown>;
    expect(seen).toEqual({
      fetched: "hello from a file\n",
      image: { pulled: false, reference: expect.stringContaining(image) as string },
      states: ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"],
      stdout: "hello from a container\n",
    });
  }, 300_000);
});

function closure(names: readonly string[]): readonly WorkspacePackage[] {
  const byName = new Map(readWorkspace(root).map((each) => [each.name, each] as const));
  const found = new Set<WorkspacePackage>();
  const visit = (name: string): void => {
    const each = byName.get(name);
    if (each === undefined) throw new Error(`no package ${name}`);
    if (found.has(each)) return;
    found.add(each);
    each.dependencies.forEach(visit);
  };
  names.forEach(visit);
  return [...found];
}
