import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { tarGzOf } from "./helpers/archives.ts";
import { httpServer } from "./helpers/http-server.ts";
import { cachedFiles, temporaryFolder, tree, workspace } from "./helpers/workspace.ts";

/** A file system of 1 MiB. */
async function smallDisk(): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", folder]);
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
  });
  return folder;
}

const large = Buffer.alloc(3 << 20, "0123456789abcdefghijklmnopqrstuvwxyz!");

describe.runIf(process.getuid?.() === 0)("a full disk", () => {
  it("fails a download cleanly", async () => {
    const sandboxDirectory = await smallDisk();
    const w = await workspace();
    const server = await httpServer((_request, response) => response.end(large));
    await expect(w.fetch([{ value: `${server.url}/f` }], { sandboxDirectory })).rejects.toMatchObject({
      code: "no-space",
      message: expect.stringContaining("no space left"),
    });
    expect(server.requests).toHaveLength(1);
    expect(await tree(sandboxDirectory)).toEqual([]);
  });

  it.each([undefined, { name: "nobody", uid: 65534, gid: 65534, groups: [] }])(
    "fails a local copy cleanly (user %o)",
    async (user) => {
      const sandboxDirectory = await smallDisk();
      const w = await workspace();
      await writeFile(path.join(w.root, "f"), large);
      await expect(w.fetch([{ value: path.join(w.root, "f") }], { sandboxDirectory, user })).rejects.toMatchObject({
        code: "no-space",
      });
      expect(await tree(sandboxDirectory)).toEqual([]);
    },
  );

  it.each(["system", "library"] as const)("fails unpacking cleanly (%s tar)", async (tar) => {
    const sandboxDirectory = await smallDisk();
    const w = await workspace({ tar });
    await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "f", content: large }]));
    await writeFile(path.join(w.root, "b.gz"), gzipSync(large));
    for (const name of ["a.tgz", "b.gz"]) {
      await expect(w.fetch([{ value: path.join(w.root, name) }], { sandboxDirectory })).rejects.toMatchObject({
        code: "no-space",
      });
      expect(await tree(sandboxDirectory)).toEqual([]);
    }
  });

  it("of the cache makes a fetch go past it", async () => {
    const cacheDirectory = path.join(await smallDisk(), "cache");
    const w = await workspace({ cacheDirectory });
    await writeFile(path.join(w.root, "f"), large);
    expect(await w.fetch([{ value: path.join(w.root, "f"), cache: true }])).toMatchObject([{ fromCache: false }]);
    expect(await tree(w.sandbox)).toEqual(["f"]);
    expect(await cachedFiles(cacheDirectory)).toEqual([]);
    expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(0);
  });

  it("lets files go onto a volume that is mounted in the sandbox", async () => {
    const w = await workspace();
    const volume = path.join(w.sandbox, "volume");
    await mkdir(volume);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", volume]);
    onTestFinished(() => {
      execFileSync("umount", ["-l", volume]);
    });
    await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "volume/d/f", content: "x" }]));
    await w.fetch([{ value: path.join(w.root, "a.tgz"), outputFile: "volume/sub/a.tgz" }]);
    expect(await tree(w.sandbox)).toEqual(["volume", "volume/d", "volume/d/f", "volume/sub", "volume/sub/a.tgz"]);
  });
});
