import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { engineRequest, ensureTestImage, findEngine, pushImage, startRegistry } from "@berth/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { berthWorld, type BerthWorld, dockerTask, type Ran, sandboxFiles, states, testImage } from "./berth.ts";
import { webServer } from "./web-server.ts";

const run = promisify(execFile);
const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

/** What a failed run shows and what it has left behind. */
async function failureOf(world: BerthWorld, ran: Ran) {
  const last = ran.stderr.trimEnd().split("\n").at(-1) ?? "";
  return {
    code: ran.code,
    stdout: ran.stdout,
    states: states(ran),
    message: last,
    reason: /\((REASON_[A-Z_]+)\)$/.exec(last)?.[1],
    hasStack: /\n\s+at /.test(ran.stderr),
    containers: await world.containers(),
    files: await sandboxFiles(ran),
  };
}

/** TASK_FAILED with a reason, a message that says `says`, the exit code of a task that never ran, and nothing left behind. */
function neverRan(says: string | RegExp) {
  return {
    code: 125,
    stdout: "",
    states: ["TASK_STARTING", "TASK_FAILED"],
    message: expect.stringMatching(typeof says === "string" ? says.replaceAll(".", "\\.") : says),
    reason: expect.stringMatching(/^REASON_/),
    hasStack: false,
    containers: [],
    files: [],
  };
}

describe.skipIf(engine === undefined)("what bad images get", () => {
  it("absent in a registry that answers", async () => {
    const world = await berthWorld(socketPath);
    await using registry = await startRegistry();
    const ran = await world.run(["run", "--image", `${registry.host}/no/such:1`]);
    expect(await failureOf(world, ran)).toEqual(neverRan(registry.host));
  });

  it("a registry that cannot be reached", async () => {
    const world = await berthWorld(socketPath);
    expect(await failureOf(world, await world.run(["run", "--image", "127.0.0.1:1/no/registry:1"]))).toEqual(
      neverRan("127.0.0.1:1"),
    );
  });

  it("a wrong password, which is not shown", async () => {
    const world = await berthWorld(socketPath);
    const user = { username: "tester", password: "s3cret-Pa55phrase!" };
    await using registry = await startRegistry({
      users: { tester: "$2b$04$YkMoO4JKRlTtY7em0RCSje6U8cUF5QHGeShyUAlbzcNFKhcIM9Kta" },
    });
    const local = await ensureTestImage(socketPath, {
      ref: "berth-test-cli/locked:1",
      changes: ["LABEL berth.test=locked"],
    });
    onTestFinished(async () => void (await engineRequest(socketPath, "DELETE", `/images/${local}?force=true`)));
    const reference = await pushImage(socketPath, local, registry.host, "team/locked", "1", user);
    const auth = Buffer.from("tester:Wr0ng-Pa55phrase").toString("base64");
    const config = JSON.stringify({ auths: { [registry.host]: { auth } } });
    const ran = await world.run(["run", "--docker-config", config, "--image", reference]);
    expect(await failureOf(world, ran)).toEqual(neverRan(registry.host));
    expect(ran.stderr).not.toContain(auth);
    expect(ran.stderr).not.toContain("Wr0ng");
  });

  it("a command that the image does not have", async () => {
    const world = await berthWorld(socketPath);
    const ran = await world.run(["run", "--image", image, "--", "no-such-command"]);
    expect(await failureOf(world, ran)).toEqual(neverRan("no-such-command"));
  });

  it("a port that is taken", async () => {
    const world = await berthWorld(socketPath);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const ran = await world.run(["run", "--image", image, "--port", `${port}:80`, "--", "true"]);
    expect(await failureOf(world, ran)).toEqual(neverRan(String(port)));
  });
});

describe.skipIf(engine === undefined)("what bad URIs get", () => {
  const fetching = async (world: BerthWorld, uri: string, ...flags: readonly string[]) =>
    world.run(["run", ...flags, "--image", image, "--uri", uri, "--", "true"]);

  it("404", async () => {
    const world = await berthWorld(socketPath);
    const origin = await webServer((_, response) => response.writeHead(404).end("no"));
    expect(await failureOf(world, await fetching(world, `${origin}/f.bin`))).toEqual(neverRan("404"));
  });

  it("a server that stalls", async () => {
    const world = await berthWorld(socketPath);
    const origin = await webServer(
      (_, response) => void response.writeHead(200, { "content-length": "100" }).write("x"),
    );
    const ran = await fetching(world, `${origin}/f.bin`, "--fetcher_stall_timeout", "200ms");
    expect(await failureOf(world, ran)).toEqual(neverRan(/stall|nothing|bytes/i));
  });

  it("a body that is cut at half, again and again", async () => {
    const world = await berthWorld(socketPath);
    const origin = await webServer((_, response) => {
      response.writeHead(200, { "content-length": "100000" });
      response.write("x".repeat(50_000), () => response.destroy());
    });
    expect(await failureOf(world, await fetching(world, `${origin}/f.bin`))).toEqual(neverRan("f.bin"));
  });

  it("a wrong checksum", async () => {
    const world = await berthWorld(socketPath);
    const origin = await webServer((_, response) => response.end("content"));
    const ran = await fetching(world, `${origin}/f.bin#sha256=${"0".repeat(64)}`);
    expect(await failureOf(world, ran)).toEqual(neverRan(/sha256|checksum/i));
  });

  it("an archive that expands without bound", async () => {
    const world = await berthWorld(socketPath);
    await writeFile(path.join(world.folder, "zeros"), Buffer.alloc(128 * 1024 * 1024));
    await run("tar", ["-C", world.folder, "-czf", path.join(world.folder, "bomb.tar.gz"), "zeros"]);
    expect(await failureOf(world, await fetching(world, path.join(world.folder, "bomb.tar.gz")))).toEqual(
      neverRan(/bomb\.tar\.gz/),
    );
  });

  it("an archive that writes outside of the sandbox", async () => {
    const world = await berthWorld(socketPath);
    await writeFile(path.join(world.folder, "inside"), "x");
    const archive = path.join(world.folder, "escape.tar.gz");
    await run("tar", ["-C", world.folder, "-P", "--transform", "s,^inside,../../escaped,", "-czf", archive, "inside"]);
    const ran = await fetching(world, archive);
    expect(await failureOf(world, ran)).toEqual(neverRan(/escape\.tar\.gz/));
    const everything = await readdir(world.workDirectory, { recursive: true });
    expect(everything.filter((name) => name.includes("escaped"))).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)("a disk that is full", async () => {
    const world = await berthWorld(socketPath);
    await mkdir(world.workDirectory);
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", world.workDirectory]);
    onTestFinished(async () => void (await run("umount", ["-l", world.workDirectory])));
    const bytes = randomBytes(4 * 1024 * 1024);
    const origin = await webServer((_, response) => response.end(bytes));
    expect(await failureOf(world, await fetching(world, `${origin}/big.bin`))).toEqual(
      neverRan(/ENOSPC|no space|full/i),
    );
  });

  it("a corrupt archive leaves nothing of what was already unpacked", async () => {
    const world = await berthWorld(socketPath);
    const cut = gzipSync(randomBytes(200_000)).subarray(0, 100_000);
    await writeFile(path.join(world.folder, "cut.tar.gz"), cut);
    expect(await failureOf(world, await fetching(world, path.join(world.folder, "cut.tar.gz")))).toEqual(
      neverRan(/cut\.tar\.gz/),
    );
  });
});

describe.skipIf(engine === undefined)("what is refused before a container is thought of", () => {
  it("a user whom this machine does not know", async () => {
    const world = await berthWorld(socketPath);
    const ran = await world.run(["run", "--user", "no-such-user-here", "--image", image]);
    expect(ran).toMatchObject({ code: 125, stdout: "", sandbox: undefined });
    expect(ran.stderr).toMatch(/^error: user "no-such-user-here" .*uid:gid/);
    expect(await readdir(world.folder)).toEqual([]);
  });

  it("a sandbox path that is a link to elsewhere, and nothing is written through it", async () => {
    const world = await berthWorld(socketPath);
    const elsewhere = path.join(world.folder, "elsewhere");
    await mkdir(elsewhere);
    await mkdir(world.workDirectory);
    await symlink(elsewhere, path.join(world.workDirectory, "slaves"));
    const ran = await world.run(["run", await world.task(dockerTask(image, { shell: false }))]);
    expect(ran).toMatchObject({ code: 125, stdout: "" });
    expect(ran.stderr).toContain(`${world.workDirectory}/slaves is a link`);
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await world.containers()).toEqual([]);
  });
});
