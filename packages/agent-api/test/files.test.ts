import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createAgentFiles } from "../src/files/agent-files.ts";
import { createFileRoots } from "../src/files/file-roots.ts";
import { readIdNames } from "../src/files/id-names.ts";
import { serveAgent } from "./serve-agent.ts";

interface Tree {
  /** The registered root. */
  readonly sandbox: string;
  /** Beside it: what nobody may see. */
  readonly outside: string;
}

function makeTree(): Tree {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "berth-files-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const [sandbox, outside] = [path.join(base, "sandbox"), path.join(base, "sandbox-outside")];
  mkdirSync(path.join(sandbox, "logs"), { recursive: true });
  mkdirSync(outside);
  writeFileSync(path.join(sandbox, "stdout"), "hello\nwörld\n");
  writeFileSync(path.join(sandbox, "logs/a.txt"), "inner");
  writeFileSync(path.join(outside, "secret"), "SECRET");
  return { sandbox, outside };
}

const query = (path: string) => `path=${encodeURIComponent(path)}`;

async function serveTree(tree: Tree) {
  return await serveAgent({
    sandboxes: { [tree.sandbox]: tree.sandbox, "/frameworks/f/executors/e/runs/latest": tree.sandbox },
  });
}

test("a folder is listed with what ls -l would say, sorted by path", async () => {
  const tree = makeTree();
  symlinkSync("stdout", path.join(tree.sandbox, "inside"));
  symlinkSync(path.join(tree.outside, "secret"), path.join(tree.sandbox, "outward"));
  const { url } = await serveTree(tree);
  const root = "/frameworks/f/executors/e/runs/latest";
  const listed = (await (await fetch(`${url}/files/browse?${query(`${root}/`)}`)).json()) as Record<string, unknown>[];
  expect(listed.map((each) => each["path"])).toEqual(
    ["inside", "logs", "outward", "stdout"].map((name) => `${root}/${name}`),
  );
  const uid = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
  const gid = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();
  expect(listed[3]).toEqual({
    path: `${root}/stdout`,
    mode: "-rw-r--r--",
    nlink: 1,
    size: 13,
    mtime: expect.any(Number),
    uid,
    gid,
  });
  expect(listed[0]).toMatchObject({ mode: "-rw-r--r--", size: 13 });
  expect(listed[1]).toMatchObject({ mode: "drwxr-xr-x" });
  expect(listed[2]).toMatchObject({ mode: "lrwxrwxrwx" });
});

test.each([
  ["", { offset: 13, data: "" }],
  ["&offset=-1", { offset: 13, data: "" }],
  ["&offset=0", { offset: 0, data: "hello\nwörld\n" }],
  ["&offset=0&length=-1", { offset: 0, data: "hello\nwörld\n" }],
  ["&offset=6&length=1", { offset: 6, data: "w" }],
  ["&offset=0&length=8", { offset: 0, data: "hello\nw" }],
  ["&offset=13", { offset: 13, data: "" }],
  ["&offset=99&length=3", { offset: 13, data: "" }],
  ["&offset=0&length=0", { offset: 0, data: "" }],
])("/files/read%s", async (parameters, expected) => {
  const tree = makeTree();
  const { url } = await serveTree(tree);
  const answer = await fetch(`${url}/files/read?${query(`${tree.sandbox}/stdout`)}${parameters}`);
  expect(await answer.json()).toEqual(expected);
});

test.each(["offset=-2", "offset=x", "offset=1e3", "length=-5", "length=", "offset=99999999999999999999"])(
  "/files/read refuses %s",
  async (parameters) => {
    const tree = makeTree();
    const { url } = await serveTree(tree);
    const answer = await fetch(`${url}/files/read?${query(`${tree.sandbox}/stdout`)}&${parameters}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toMatch("text/plain");
  },
);

test("a read is 16 pages at most", async () => {
  const tree = makeTree();
  writeFileSync(path.join(tree.sandbox, "big"), "x".repeat(100_000));
  const { url } = await serveTree(tree);
  const answer = await fetch(`${url}/files/read?${query(`${tree.sandbox}/big`)}&offset=10`);
  expect(((await answer.json()) as { data: string }).data).toHaveLength(65_536);
});

test("a download has the bytes, the length, a name, and is not compressed", async () => {
  const tree = makeTree();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  writeFileSync(path.join(tree.sandbox, 'o"dd ü.bin'), bytes);
  writeFileSync(path.join(tree.sandbox, "empty"), "");
  const { url } = await serveTree(tree);
  const odd = await fetch(`${url}/files/download?${query(`${tree.sandbox}/o"dd ü.bin`)}`);
  expect(Buffer.from(await odd.bytes()).equals(bytes)).toBe(true);
  expect(odd.headers.get("content-length")).toBe("300000");
  expect(odd.headers.get("content-type")).toBe("application/octet-stream");
  expect(odd.headers.get("content-disposition")).toBe(
    `attachment; filename="o_dd _.bin"; filename*=UTF-8''o%22dd%20%C3%BC.bin`,
  );
  const text = await fetch(`${url}/files/download?${query(`${tree.sandbox}/logs/a.txt`)}`);
  expect([text.headers.get("content-type"), text.headers.get("content-disposition"), await text.text()]).toEqual([
    "text/plain",
    "attachment; filename=a.txt",
    "inner",
  ]);
  const empty = await fetch(`${url}/files/download?${query(`${tree.sandbox}/empty`)}`);
  expect([empty.status, await empty.text()]).toEqual([200, ""]);
});

test("/files/debug shows what is registered; what is detached is gone", async () => {
  const tree = makeTree();
  const { url, sandboxes } = await serveTree(tree);
  const debug = async () => await (await fetch(`${url}/files/debug`)).json();
  expect(await debug()).toEqual({
    [tree.sandbox]: tree.sandbox,
    "/frameworks/f/executors/e/runs/latest": tree.sandbox,
  });
  sandboxes.detached("/frameworks/f/executors/e/runs/latest");
  expect(await debug()).toEqual({ [tree.sandbox]: tree.sandbox });
});

/** Paths below a sandbox; `S` is the sandbox, `O` the folder beside it. All lead nowhere. */
const escapes = [
  "S/../sandbox-outside/secret",
  "S/logs/../../sandbox-outside/secret",
  "S/./../sandbox-outside/secret",
  "S/logs/..",
  "S/..",
  "S/%2e%2e/sandbox-outside/secret",
  "S/..%2Fsandbox-outside%2Fsecret",
  "S/%252e%252e/sandbox-outside/secret",
  "S-outside/secret",
  "O/secret",
  "/etc/passwd",
  "etc/passwd",
  "//etc/passwd",
  "/proc/self/environ",
  "S/stdout/../../sandbox-outside/secret",
  "S/stdout/x",
  "S/absolute",
  "S/relative",
  "S/folder/secret",
  "S/chain",
  "S/loop",
  "S/rootlink/etc/passwd",
  "S/proc/self/environ",
  "S/\0",
  "S/stdout\0.txt",
  "S/LONG",
  "S/DEEP",
];

test.each(escapes)("nothing is shown at %j, by any of the calls", async (pattern) => {
  const tree = makeTree();
  const inside = (name: string) => path.join(tree.sandbox, name);
  symlinkSync(path.join(tree.outside, "secret"), inside("absolute"));
  symlinkSync("../sandbox-outside/secret", inside("relative"));
  symlinkSync(tree.outside, inside("folder"));
  symlinkSync("absolute", inside("chain"));
  symlinkSync("loop", inside("loop"));
  symlinkSync("/", inside("rootlink"));
  symlinkSync("/proc", inside("proc"));
  const { url } = await serveTree(tree);
  const target = pattern
    .replace(/^S/, tree.sandbox)
    .replace(/^O/, tree.outside)
    .replace("LONG", "x".repeat(300))
    .replace("DEEP", "x/".repeat(3000));
  // As the value of the parameter, and (where it can be) with the encodings in the pattern left as they are.
  for (const parameter of [query(target), `path=${encodeURI(target).replaceAll("%25", "%")}`]) {
    for (const call of ["read", "download", "browse"]) {
      const answer = await fetch(`${url}/files/${call}?${parameter}&offset=0`);
      expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringMatching(/SECRET|root:/)]);
    }
  }
  for (const call of [
    { type: "READ_FILE", read_file: { path: target, offset: 0 } },
    { type: "LIST_FILES", list_files: { path: target } },
  ]) {
    const answer = await fetch(`${url}/api/v1`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(call),
    });
    expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringMatching(/SECRET|root:/)]);
  }
});

test("links that stay inside are followed", async () => {
  const tree = makeTree();
  symlinkSync("../stdout", path.join(tree.sandbox, "logs/up"));
  symlinkSync(path.join(tree.sandbox, "logs"), path.join(tree.sandbox, "absolute"));
  const { url } = await serveTree(tree);
  for (const name of ["logs/up", "absolute/up"]) {
    const answer = await fetch(`${url}/files/read?${query(`${tree.sandbox}/${name}`)}&offset=0&length=5`);
    expect(await answer.json()).toEqual({ offset: 0, data: "hello" });
  }
});

test("a link that is turned around all the time never shows what lies outside", async () => {
  const tree = makeTree();
  const [link, next] = [path.join(tree.sandbox, "link"), path.join(tree.sandbox, "next")];
  const targets = [path.join(tree.sandbox, "stdout"), path.join(tree.outside, "secret")];
  symlinkSync(targets[0] ?? "", link);
  const roots = createFileRoots();
  roots.attach("/s", tree.sandbox);
  const files = createAgentFiles({ roots, readIdNames });
  const seen = new Map<string, number>();
  let turns = 0;
  for (let round = 0; round < 300; round += 1) {
    const reads = Array.from({ length: 4 }, () => files.read("/s/link", 0, 100));
    for (let flips = 0; flips < 7; flips += 1) {
      turns += 1;
      symlinkSync(targets[turns % 2] ?? "", next);
      renameSync(next, link);
      await new Promise(setImmediate);
    }
    for (const read of await Promise.all(reads)) {
      const text = read.ok ? Buffer.from(read.data).toString() : String(read.status);
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
  }
  expect([...seen.keys()].sort()).toEqual(["404", "hello\nwörld\n"]);
});

test("fifos, sockets, devices and folders are refused, and nobody waits for them", async () => {
  const tree = makeTree();
  execFileSync("mkfifo", [path.join(tree.sandbox, "fifo")]);
  const socket = createServer().listen(path.join(tree.sandbox, "socket"));
  onTestFinished(() => void socket.close());
  const { url } = await serveTree(tree);
  const status = async (call: string, name: string) =>
    (await fetch(`${url}/files/${call}?${query(`${tree.sandbox}/${name}`)}&offset=0`)).status;
  for (const call of ["read", "download"]) {
    expect([await status(call, "fifo"), await status(call, "socket"), await status(call, "logs")]).toEqual([
      403, 403, 400,
    ]);
  }
  const roots = createFileRoots();
  roots.attach("/dev", "/dev");
  const files = createAgentFiles({ roots, readIdNames });
  expect(await files.read("/dev/zero", 0, 10)).toMatchObject({ ok: false, status: 403 });
  expect(await files.download("/dev/zero")).toMatchObject({ ok: false, status: 403 });
});

test("a file that is missing is 404, no path is 400", async () => {
  const tree = makeTree();
  const { url } = await serveTree(tree);
  for (const call of ["read", "download", "browse"]) {
    expect((await fetch(`${url}/files/${call}?${query(`${tree.sandbox}/none`)}`)).status).toBe(404);
    expect((await fetch(`${url}/files/${call}`)).status).toBe(400);
    expect((await fetch(`${url}/files/${call}?path=`)).status).toBe(400);
  }
});

test("the log of the agent is /slave/log", async () => {
  const tree = makeTree();
  const logFile = path.join(tree.outside, "agent.log");
  writeFileSync(logFile, "line\n");
  const { url } = await serveAgent({ options: { logFile } });
  expect(await (await fetch(`${url}/files/read?path=/slave/log&offset=0`)).json()).toEqual({
    offset: 0,
    data: "line\n",
  });
  appendFileSync(logFile, "more\n");
  expect(await (await fetch(`${url}/files/read?path=/slave/log&offset=5`)).json()).toEqual({
    offset: 5,
    data: "more\n",
  });
  expect((await fetch(`${url}/files/read?path=/slave/log/x&offset=0`)).status).toBe(404);
});

test("downloads hold a handle each only as long as they run, and no more than may be are under way", async () => {
  const tree = makeTree();
  const roots = createFileRoots();
  roots.attach("/s", tree.sandbox);
  const files = createAgentFiles({ roots, readIdNames }, { maxDownloads: 1 });
  const first = await files.download("/s/stdout");
  if (!first.ok) throw new Error(first.text);
  expect(await files.download("/s/stdout")).toMatchObject({ ok: false, status: 503 });
  const closed = new Promise((resolve) => {
    first.body.once("close", resolve);
  });
  first.body.destroy();
  await closed;
  const second = await files.download("/s/stdout");
  expect(second.ok).toBe(true);
  if (second.ok) second.body.destroy();
});

test("a file that shrinks within a download ends the connection, not the waiting", async () => {
  const tree = makeTree();
  const file = path.join(tree.sandbox, "shrinks");
  writeFileSync(file, Buffer.alloc(32 * 1024 * 1024));
  const { url } = await serveTree(tree);
  const answer = await fetch(`${url}/files/download?${query(file)}`);
  const reader = (answer.body ?? new ReadableStream()).getReader();
  await reader.read();
  truncateSync(file, 1000);
  await expect(
    (async () => {
      for (;;) if ((await reader.read()).done) return "whole";
    })(),
  ).rejects.toThrow("terminated");
});
