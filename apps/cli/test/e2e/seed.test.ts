import { mkdir, writeFile } from "node:fs/promises";
import http from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { engineRequest, ensureTestImage, findEngine, pushImage, startRegistry } from "@berth/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { berthWorld, dockerTask, sandboxFiles, testImage } from "./berth.ts";

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";
let withCommand = "";
let withEntrypoint = "";

beforeAll(async () => {
  if (engine === undefined) return;
  image = await testImage(socketPath);
  withCommand = await ensureTestImage(socketPath, {
    ref: "berth-test-cli/cmd:1",
    changes: ['CMD ["echo", "default"]'],
  });
  withEntrypoint = await ensureTestImage(socketPath, {
    ref: "berth-test-cli/entrypoint:1",
    changes: ['ENTRYPOINT ["echo", "entry"]', 'CMD ["default"]'],
  });
});

const user = { username: "tester", password: "s3cret-Pa55phrase!" };
/** The same, as `htpasswd -nbB` has it. */
const users = { tester: "$2b$04$YkMoO4JKRlTtY7em0RCSje6U8cUF5QHGeShyUAlbzcNFKhcIM9Kta" };
const credentials = Buffer.from(`${user.username}:${user.password}`).toString("base64");

async function removeImage(reference: string): Promise<void> {
  await engineRequest(socketPath, "DELETE", `/images/${reference}?force=true`);
}

afterAll(async () => {
  for (const reference of [withCommand, withEntrypoint]) if (reference !== "") await removeImage(reference);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function get(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", port, agent: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => (body += part));
        response.on("end", () => resolve(body));
      })
      .on("error", reject);
  });
}

/** An image that prints `word`, pushed to a registry as `repository:tag`. */
async function pushWord(
  registry: string,
  repository: string,
  word: string,
  auth?: { username: string; password: string },
) {
  const local = await ensureTestImage(socketPath, {
    ref: `berth-test-cli/${word}:1`,
    changes: [`CMD ["echo", "${word}"]`],
  });
  const reference = await pushImage(socketPath, local, registry, repository, "1", auth);
  onTestFinished(async () => {
    await removeImage(reference);
    await removeImage(local);
    await removeUntagged(`${registry}/${repository}`);
  });
  return reference;
}

/** What a moved tag leaves: an image that only its digest names. */
async function removeUntagged(repository: string) {
  const { text } = await engineRequest(socketPath, "GET", "/images/json");
  const images = JSON.parse(text) as { Id: string; RepoDigests: string[] | null }[];
  const ours = images.filter(({ RepoDigests }) => RepoDigests?.some((digest) => digest.startsWith(`${repository}@`)));
  for (const { Id } of ours) await engineRequest(socketPath, "DELETE", `/images/${Id}?force=true`);
}

describe.skipIf(engine === undefined)("the seed's cases from the command line", () => {
  it.each([
    { what: "default CMD", ref: () => withCommand, command: { shell: false }, prints: "default\n" },
    {
      what: "overridden CMD",
      ref: () => withCommand,
      command: { shell: false, value: "echo", arguments: ["mine"] },
      prints: "mine\n",
    },
    {
      what: "CMD overridden by arguments",
      ref: () => withCommand,
      command: { shell: false, arguments: ["echo", "args"] },
      prints: "args\n",
    },
    {
      what: "ENTRYPOINT with its CMD",
      ref: () => withEntrypoint,
      command: { shell: false },
      prints: "entry default\n",
    },
    {
      what: "ENTRYPOINT with shell: false",
      ref: () => withEntrypoint,
      command: { shell: false, value: "mine" },
      prints: "entry mine\n",
    },
    {
      what: "/bin/sh -c in its place with shell: true",
      ref: () => withEntrypoint,
      command: { shell: true, value: "echo sh $0" },
      prints: "sh /bin/sh\n",
    },
  ])("$what", async ({ ref, command, prints }) => {
    const world = await berthWorld(socketPath);
    const ran = await world.run(["run", await world.task(dockerTask(ref(), command))]);
    expect(ran).toMatchObject({ code: 0, stdout: prints });
    expect(await world.containers()).toEqual([]);
  });

  it("the sandbox is seen through MESOS_SANDBOX, also with a colon in its path", async () => {
    const world = await berthWorld(socketPath);
    await writeFile(path.join(world.folder, "in.txt"), "in");
    const value = 'cat "$MESOS_SANDBOX/in.txt"; echo out > "$MESOS_SANDBOX/out.txt"';
    const task = dockerTask(
      image,
      { shell: true, value, uris: [{ value: "in.txt" }] },
      { task_id: { value: "with:colon" } },
    );
    const ran = await world.run(["run", await world.task(task)]);
    expect(ran).toMatchObject({ code: 0, stdout: "in" });
    expect(ran.sandbox).toContain("/executors/with:colon/runs/");
    expect(await sandboxFiles(ran)).toEqual(["in.txt", "out.txt"]);
  });

  it.each(["host", "bridge"])("serves on the %s network", async (network) => {
    const world = await berthWorld(socketPath);
    const port = await freePort();
    const where = network === "host" ? port : 8080;
    const flags = network === "host" ? ["--network", "host"] : ["--port", `${port}:8080/tcp`];
    const shell = `mkdir www; echo page > www/index.html; httpd -p ${where} -h www; echo up; sleep 1000`;
    const running = world.start(["run", "--image", image, ...flags, "--shell", shell]);
    await new Promise((resolve) => running.child.stdout?.once("data", resolve));
    await expect.poll(() => get(port).catch(() => ""), { timeout: 20_000 }).toBe("page\n");
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130 });
  });

  it("a private registry through a fetched .dockercfg, which must be there before the pull", async () => {
    const world = await berthWorld(socketPath);
    await using registry = await startRegistry({ users });
    const reference = await pushWord(registry.host, "team/private", "private", user);
    await writeFile(path.join(world.folder, ".dockercfg"), JSON.stringify({ [registry.host]: { auth: credentials } }));
    const without = await world.run(["run", await world.task(dockerTask(reference, { shell: false }))]);
    expect(without.code).toBe(125);
    const task = dockerTask(reference, { shell: false, uris: [{ value: ".dockercfg" }] });
    const ran = await world.run(["run", await world.task(task)]);
    expect(ran).toMatchObject({ code: 0, stdout: "private\n" });
    expect(ran.stderr).toContain(`pulled ${reference}`);
    expect(without.stderr + ran.stderr).not.toContain(credentials);
  });

  it.each(["path", "inline"])("a private registry through docker_config, given as %s", async (form) => {
    const world = await berthWorld(socketPath);
    await using registry = await startRegistry({ users });
    const reference = await pushWord(registry.host, "team/config", "configured", user);
    const config = JSON.stringify({ auths: { [registry.host]: { auth: credentials } } });
    await mkdir(path.join(world.folder, "conf"));
    await writeFile(path.join(world.folder, "conf/config.json"), config);
    const flag = form === "path" ? "--docker_config=conf/config.json" : `--docker-config=${config}`;
    const ran = await world.run(["run", flag, "--image", reference]);
    expect(ran).toMatchObject({ code: 0, stdout: "configured\n" });
  });

  it("a forced pull picks up a moved tag, while the default keeps the local image", async () => {
    const world = await berthWorld(socketPath);
    await using registry = await startRegistry();
    const reference = await pushWord(registry.host, "team/moved", "before");
    expect(await world.run(["run", "--image", reference])).toMatchObject({ code: 0, stdout: "before\n" });
    // The push takes the local tag away; ours is put back, so that the registry alone has moved.
    const local = await engineRequest(socketPath, "POST", `/images/${reference}/tag?repo=berth-test-cli/kept&tag=1`);
    expect(local.status).toBe(201);
    onTestFinished(
      async () => void (await engineRequest(socketPath, "DELETE", "/images/berth-test-cli/kept:1?force=true")),
    );
    await pushWord(registry.host, "team/moved", "after");
    const repo = encodeURIComponent(`${registry.host}/team/moved`);
    await engineRequest(socketPath, "POST", `/images/berth-test-cli/kept:1/tag?repo=${repo}&tag=1`);
    expect(await world.run(["run", "--image", reference])).toMatchObject({ code: 0, stdout: "before\n" });
    expect(await world.run(["run", "--force-pull", "--image", reference])).toMatchObject({
      code: 0,
      stdout: "after\n",
    });
  });
});
