import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { findCredentials } from "../src/credentials/find-credentials.ts";

const secret = "s3cret-Pa55phrase!";
const auths = (password: string, server = "r.example") => ({
  auths: { [server]: { auth: Buffer.from(`u:${password}`).toString("base64") } },
});

interface Scene {
  readonly "config.json"?: unknown;
  readonly ".dockercfg"?: unknown;
  readonly agent?: unknown;
  /** Helpers by name: shell text. */
  readonly helpers?: Readonly<Record<string, string>>;
  readonly helperTimeoutMs?: number;
}

async function scene(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-image-puller-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(path.join(directory, "sandbox/.docker"), { recursive: true });
  await mkdir(path.join(directory, "bin"));
  return directory;
}

async function find({ helpers = {}, agent, helperTimeoutMs = 20_000, ...files }: Scene, domain = "r.example") {
  const directory = await scene();
  const sandbox = path.join(directory, "sandbox");
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  if (files["config.json"] !== undefined) await writeFile(`${sandbox}/.docker/config.json`, text(files["config.json"]));
  if (files[".dockercfg"] !== undefined) await writeFile(`${sandbox}/.dockercfg`, text(files[".dockercfg"]));
  for (const [name, script] of Object.entries(helpers)) {
    await writeFile(`${directory}/bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
    await chmod(`${directory}/bin/docker-credential-${name}`, 0o755);
  }
  const environment = { PATH: `${directory}/bin:/usr/bin:/bin`, HOME: directory, CLOUD_TOKEN: "the agent's" };
  const dockerConfig = agent === undefined ? undefined : text(agent);
  return findCredentials({ domain, path: "a/b" }, sandbox, { dockerConfig, environment, helperTimeoutMs });
}

// Answers with its own environment as the user name.
const tellEnvironment = `printf '{"Username":"%s %s","Secret":"${secret}"}' "$HOME" "$CLOUD_TOKEN"`;

it("takes the answer of a helper that leaves a process behind, which keeps the pipe open", async () => {
  const directory = await scene();
  const leaves = `sleep 600 & echo $! > ${directory}/pid; cat > /dev/null; echo '{"Username":"u","Secret":"p"}'`;
  onTestFinished(async () => void process.kill(Number(await readFile(`${directory}/pid`, "utf8")), "SIGKILL"));
  const found = await find({ agent: { credsStore: "all" }, helpers: { all: leaves } });
  expect(found.auth).toMatchObject({ username: "u", password: "p" });
});

describe("the environment of a helper", () => {
  it("is the agent's for a helper that the agent's config names", async () => {
    const found = await find({ agent: { credsStore: "tell" }, helpers: { tell: tellEnvironment } });
    expect(found.auth?.username).toMatch(/^\/.*berth-test-image-puller-\w+ the agent's$/);
  });

  it("holds nothing of the sandbox's or the agent's for one that a task names: it runs as the agent", async () => {
    const found = await find({ "config.json": { credsStore: "tell" }, helpers: { tell: tellEnvironment } });
    expect(found.auth?.username).toBe("/nonexistent ");
  });
});

describe("precedence", () => {
  it.each<[string, Scene, string | undefined, string]>([
    ["nothing", {}, undefined, "none"],
    [
      "config.json first",
      { "config.json": auths("1"), ".dockercfg": auths("2").auths, agent: auths("3") },
      "1",
      "sandbox .docker/config.json",
    ],
    ["then .dockercfg", { ".dockercfg": auths("2").auths, agent: auths("3") }, "2", "sandbox .dockercfg"],
    ["then the agent's, inline", { agent: auths("3") }, "3", "agent docker_config"],
    ["the agent's in the old form", { agent: auths("3").auths }, "3", "agent docker_config"],
    [
      "a place for other registries is passed over",
      { "config.json": auths("1", "other"), agent: auths("3") },
      "3",
      "agent docker_config",
    ],
    [
      "a broken place is passed over and named",
      { "config.json": "{", agent: auths("3") },
      "3",
      "agent docker_config (sandbox .docker/config.json: not valid JSON)",
    ],
    [
      "a path that is not there",
      { agent: "/nonexistent/config.json" },
      undefined,
      "none (agent docker_config: cannot be read (ENOENT))",
    ],
  ])("%s", async (_, files, password, source) => {
    const found = await find(files);
    expect(found.auth?.password).toBe(password);
    expect(found.source).toBe(source);
  });

  it("reads the agent's from a file", async () => {
    const directory = await scene();
    await writeFile(`${directory}/agent.json`, JSON.stringify(auths("3")));
    const options = { environment: {}, helperTimeoutMs: 1000 };
    for (const dockerConfig of [`${directory}/agent.json`, `file://${directory}/agent.json`]) {
      const found = await findCredentials({ domain: "r.example", path: "a" }, undefined, { ...options, dockerConfig });
      expect(found.auth).toEqual({ username: "u", password: "3", serveraddress: "r.example" });
    }
  });

  it("tells credentials apart by their fingerprint", async () => {
    const [one, same, other, none] = await Promise.all(
      ["1", "1", "2"].map((password) => find({ agent: auths(password) })).concat(find({})),
    );
    expect(one?.fingerprint).toBe(same?.fingerprint);
    expect(new Set([one?.fingerprint, other?.fingerprint, none?.fingerprint]).size).toBe(3);
  });
});

describe("helpers", () => {
  const answers = (password: string, user = "u") =>
    `cat > /dev/null; echo '{"ServerURL":"x","Username":"${user}","Secret":"${password}"}'`;
  const echoServer = `read -r server; echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$server\\"}"`;
  it.each<[string, Scene, object | undefined, string]>([
    [
      "credHelpers",
      { agent: { credHelpers: { "r.example": "one" } }, helpers: { one: answers("p") } },
      { username: "u", password: "p", serveraddress: "r.example" },
      "agent docker_config, helper one",
    ],
    [
      "credsStore",
      { "config.json": { credsStore: "all" }, helpers: { all: answers("p") } },
      { username: "u", password: "p" },
      "sandbox .docker/config.json, helper all",
    ],
    [
      "credHelpers before credsStore",
      {
        agent: { credsStore: "all", credHelpers: { "https://r.example": "one" } },
        helpers: { one: answers("1"), all: answers("2") },
      },
      { password: "1" },
      "agent docker_config, helper one",
    ],
    [
      "the registry on stdin",
      { agent: { credsStore: "all" }, helpers: { all: echoServer } },
      { password: "r.example" },
      "agent docker_config, helper all",
    ],
    [
      "an identity token",
      { agent: { credsStore: "all" }, helpers: { all: answers("tok", "<token>") } },
      { identitytoken: "tok" },
      "agent docker_config, helper all",
    ],
    [
      "not found: anonymous",
      { agent: { credsStore: "all" }, helpers: { all: "echo credentials not found in native keychain; exit 1" } },
      undefined,
      "none",
    ],
    [
      "not found: auths of the same file",
      {
        agent: { credsStore: "all", ...auths("a") },
        helpers: { all: "echo credentials not found in native keychain; exit 1" },
      },
      { password: "a" },
      "agent docker_config",
    ],
    [
      "missing",
      { agent: { credsStore: "gone" } },
      undefined,
      "none (agent docker_config: docker-credential-gone is not installed)",
    ],
    [
      "failing",
      { agent: { credsStore: "all" }, helpers: { all: `echo ${secret}; echo ${secret} >&2; exit 3` } },
      undefined,
      "none (agent docker_config: docker-credential-all ended with exit code 3)",
    ],
    [
      "talking nonsense",
      { agent: { credsStore: "all" }, helpers: { all: `echo ${secret}` } },
      undefined,
      "none (agent docker_config: docker-credential-all answered something else than credentials)",
    ],
    [
      "endless",
      { agent: { credsStore: "all" }, helpers: { all: "exec yes" } },
      undefined,
      "none (agent docker_config: docker-credential-all wrote over 65536 bytes)",
    ],
    [
      "hanging",
      { agent: { credsStore: "all" }, helpers: { all: "exec sleep 600" }, helperTimeoutMs: 200 },
      undefined,
      "none (agent docker_config: docker-credential-all gave no answer within 200 ms)",
    ],
  ])("%s", async (_, scene, auth, source) => {
    const found = await find(scene);
    expect(found.source).toBe(source);
    expect(found.auth === undefined).toBe(auth === undefined);
    expect(found.auth ?? {}).toMatchObject(auth ?? {});
    expect(found.source).not.toContain(secret);
  });

  it("asks for Docker Hub by the name that its credentials are kept under", async () => {
    const found = await find({ agent: { credsStore: "all" }, helpers: { all: echoServer } }, "docker.io");
    expect(found.auth).toEqual({
      username: "u",
      password: "https://index.docker.io/v1/",
      serveraddress: "https://index.docker.io/v1/",
    });
  });
});

describe("the sandbox is the task's, the reader is root", () => {
  const look = async (directory: string) =>
    findCredentials({ domain: "r.example", path: "a" }, `${directory}/sandbox`, {
      environment: {},
      helperTimeoutMs: 1000,
    });

  it("follows a link within the sandbox", async () => {
    const directory = await scene();
    await writeFile(`${directory}/sandbox/elsewhere`, JSON.stringify(auths("1")));
    await symlink("../elsewhere", `${directory}/sandbox/.docker/config.json`);
    expect((await look(directory)).source).toBe("sandbox .docker/config.json");
  });

  it("refuses a link out of it, of the file or of its folder", async () => {
    const directory = await scene();
    await mkdir(`${directory}/host`);
    await writeFile(`${directory}/host/config.json`, JSON.stringify(auths(secret)));
    await symlink(`${directory}/host/config.json`, `${directory}/sandbox/.dockercfg`);
    await rm(`${directory}/sandbox/.docker`, { recursive: true });
    await symlink("../host", `${directory}/sandbox/.docker`);
    expect(await look(directory)).toEqual({
      auth: undefined,
      fingerprint: "",
      source:
        "none (sandbox .docker/config.json: refused, it leads out of the sandbox; sandbox .dockercfg: refused, it leads out of the sandbox)",
    });
  });

  it("refuses what is too large, a folder, and a FIFO, without waiting for it", async () => {
    const directory = await scene();
    await writeFile(`${directory}/sandbox/.docker/config.json`, "{");
    await truncate(`${directory}/sandbox/.docker/config.json`, 50_000_000);
    await promisify(execFile)("mkfifo", [`${directory}/sandbox/.dockercfg`]);
    expect((await look(directory)).source).toBe(
      "none (sandbox .docker/config.json: refused, it has over 1048576 bytes; sandbox .dockercfg: refused, it is not a plain file)",
    );
    await rm(`${directory}/sandbox/.dockercfg`);
    await mkdir(`${directory}/sandbox/.dockercfg`);
    expect((await look(directory)).source).toContain("sandbox .dockercfg: refused, it is not a plain file");
  });
});
