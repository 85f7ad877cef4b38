import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import type { FetcherOptions } from "../src/index.ts";
import { cachedFiles, codeOf, temporaryFolder, tree, type Workspace, workspace } from "./helpers/workspace.ts";

/** A hadoop client in a script: hdfs://store/NAME is the file NAME of its store; every call is noted. */
async function scripted(
  options: (home: string) => FetcherOptions,
): Promise<{ w: Workspace; home: string; calls: () => Promise<string[]> }> {
  const home = await temporaryFolder();
  await mkdir(path.join(home, "bin"));
  await mkdir(path.join(home, "store"));
  await writeFile(path.join(home, "calls"), "");
  await chmod(path.join(home, "calls"), 0o666);
  const script = `#!/bin/sh
echo "$(id -u) $HADOOP_HOME $*" >> ${home}/calls
file="${home}/store/\${3#hdfs://store/}"
case "$2" in
  -stat) file="${home}/store/\${4#hdfs://store/}"; exec stat -c '%s-%Y' "$file" ;;
  -copyToLocal)
    [ -e "$file" ] || { echo "copyToLocal: \\\`$3': No such file or directory" >&2; exit 1; }
    [ "$3" = hdfs://store/broken ] && { echo "Connection to namenode failed" >&2; exit 255; }
    [ "$3" = hdfs://store/slow ] && exec sleep 1000
    exec cp "$file" "$4" ;;
esac
exit 1
`;
  await writeFile(path.join(home, "bin", "hadoop"), script, { mode: 0o755 });
  const w = await workspace(options(home));
  return {
    w,
    home,
    calls: async () => (await readFile(path.join(home, "calls"), "utf8")).split("\n").filter((line) => line !== ""),
  };
}

const PATH = process.env["PATH"];

it.each([
  ["hadoopHome", (home: string) => ({ hadoopHome: home, environment: { PATH, HADOOP_HOME: "/elsewhere" } })],
  ["HADOOP_HOME", (home: string) => ({ environment: { PATH, HADOOP_HOME: home } })],
  ["PATH", (home: string) => ({ environment: { PATH: `${home}/bin:${PATH}` } })],
])("copies through the client found by %s", async (_how, options) => {
  const { w, home } = await scripted(options);
  await writeFile(path.join(home, "store", "f"), "from hdfs");
  await w.fetch([{ value: "hdfs://store/f" }]);
  expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("from hdfs");
  expect(await tree(w.sandbox)).toEqual(["f"]);
});

it.runIf(process.getuid?.() === 0)("runs the client as the task's user, who then owns the file", async () => {
  const { w, home, calls } = await scripted((hadoopHome) => ({ hadoopHome }));
  await writeFile(path.join(home, "store", "f"), "x");
  await w.fetch([{ value: "hdfs://store/f" }, { value: "hdfs://store/f", cache: true, outputFile: "g" }], {
    user: { name: "nobody", uid: 65534, gid: 65534, groups: [] },
  });
  for (const line of await calls()) expect(line).toMatch(/^65534 /);
  for (const name of ["f", "g"]) expect((await stat(path.join(w.sandbox, name))).uid).toBe(65534);
});

it("keeps the agent's own settings from the client", async () => {
  const { w, home } = await scripted((hadoopHome) => ({
    hadoopHome,
    environment: { PATH, LIBPROCESS_SSL_KEY_FILE: "/k", MESOS_MASTER: "m", BERTH_CREDENTIAL: "c", JAVA_OPTS: "-Xmx1g" },
  }));
  await writeFile(path.join(home, "bin", "hadoop"), '#!/bin/sh\nenv > "$4"\n');
  await w.fetch([{ value: "hdfs://store/env" }]);
  const seen = await readFile(path.join(w.sandbox, "env"), "utf8");
  expect(seen).toContain("JAVA_OPTS=-Xmx1g");
  expect(seen).not.toMatch(/LIBPROCESS|MESOS|BERTH/);
});

it("caches, and asks whether the file is still the same", async () => {
  const { w, home } = await scripted((hadoopHome) => ({ hadoopHome }));
  const uris = [{ value: "hdfs://store/f", cache: true }];
  await writeFile(path.join(home, "store", "f"), "one");
  expect(await w.fetch(uris)).toMatchObject([{ fromCache: false }]);
  expect(await w.fetch(uris)).toMatchObject([{ fromCache: true }]);
  await writeFile(path.join(home, "store", "f"), "twenty-two");
  expect(await w.fetch(uris)).toMatchObject([{ fromCache: false }]);
  expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
});

it("says what the client said, and leaves nothing", async () => {
  const { w, home } = await scripted((hadoopHome) => ({ hadoopHome }));
  await writeFile(path.join(home, "store", "broken"), "x");
  await expect(w.fetch([{ value: "hdfs://store/broken" }])).rejects.toMatchObject({
    code: "client-failed",
    message: expect.stringContaining("HDFS copyToLocal failed: Connection to namenode failed"),
  });
  await expect(w.fetch([{ value: "hdfs://store/none" }])).rejects.toMatchObject({ code: "not-found" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it("ends the client when it is aborted", async () => {
  const { w, home, calls } = await scripted((hadoopHome) => ({ hadoopHome }));
  await writeFile(path.join(home, "store", "slow"), "x");
  const abort = new AbortController();
  const fetching = w.fetch([{ value: "hdfs://store/slow" }], { signal: abort.signal });
  const rejected = codeOf(fetching);
  await expect.poll(calls, { timeout: 20_000 }).toHaveLength(1);
  abort.abort();
  expect(await rejected).toBe("aborted");
  expect(await tree(w.sandbox)).toEqual([]);
});

it("says that there is no client", async () => {
  const w = await workspace({ environment: { PATH: "/nowhere" } });
  await expect(w.fetch([{ value: "s3://bucket/f" }])).rejects.toMatchObject({ code: "unsupported" });
});
