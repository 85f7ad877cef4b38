import { lstat, realpath, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type EntryRecipe, tarGzOf } from "./helpers/archives.ts";
import { codeOf, tree, workspace } from "./helpers/workspace.ts";

// Mostly harmless, so that many archives get through and the rest is judged in the middle of something.
const component = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "c", "d", "l") },
  { weight: 1, arbitrary: fc.constantFrom("..", ".") },
);
const anyPath = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const entry: fc.Arbitrary<EntryRecipe> = fc.oneof(
  fc.record({ name: anyPath, content: fc.constant("x") }),
  fc.record({ name: anyPath, kind: fc.constant("directory" as const) }),
  fc.record({ name: anyPath, kind: fc.constant("symlink" as const), linkTarget: anyPath }),
  fc.record({ name: anyPath, kind: fc.constant("hardlink" as const), linkTarget: anyPath }),
);

it.each(["system", "library"] as const)(
  "whatever an archive holds, nothing leaves the sandbox (%s tar)",
  async (tar) => {
    const w = await workspace({ tar });
    const archive = path.join(w.root, "x.tgz");
    let count = 0;
    let unpacked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), async (recipes) => {
        const sandboxDirectory = await w.newSandbox(`s${(count += 1)}`);
        await writeFile(archive, await tarGzOf(recipes));
        const outside = await tree(w.root);
        const code = await codeOf(w.fetch([{ value: archive }], { sandboxDirectory }));
        expect(["succeeded", "archive-escape", "archive-damaged", "conflict"]).toContain(code);
        const names = await tree(sandboxDirectory);
        unpacked += Number(code === "succeeded");
        expect(code === "succeeded" || names.length === 0).toBe(true);
        for (const name of names) {
          const full = path.join(sandboxDirectory, name);
          if (!(await lstat(full)).isSymbolicLink()) continue;
          const end = await realpath(full).catch(() => sandboxDirectory);
          expect(`${end}/`.startsWith(`${sandboxDirectory}/`)).toBe(true);
        }
        await rm(sandboxDirectory, { recursive: true });
        expect(await tree(w.root)).toEqual(outside.filter((name) => name !== path.basename(sandboxDirectory)));
      }),
      { numRuns: 60 },
    );
    expect(unpacked).toBeGreaterThan(10);
  },
);
