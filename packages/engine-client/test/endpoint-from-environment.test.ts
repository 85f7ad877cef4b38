import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { endpointFromEnvironment } from "@berth/engine-client";

async function certificates(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-engine-client-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) await writeFile(path.join(folder, `${name}.pem`), `the ${name}`);
  return folder;
}

describe("endpointFromEnvironment", () => {
  it.each([
    ["nothing", {}, { kind: "unix", socketPath: "/var/run/docker.sock" }],
    ["an empty DOCKER_HOST", { DOCKER_HOST: "" }, { kind: "unix", socketPath: "/var/run/docker.sock" }],
    ["unix without a path", { DOCKER_HOST: "unix://" }, { kind: "unix", socketPath: "/var/run/docker.sock" }],
    [
      "unix",
      { DOCKER_HOST: "unix:///run/user/1000/docker.sock" },
      { kind: "unix", socketPath: "/run/user/1000/docker.sock" },
    ],
    ["tcp", { DOCKER_HOST: "tcp://10.0.0.1:4243" }, { kind: "tcp", host: "10.0.0.1", port: 4243 }],
    ["tcp on port 80", { DOCKER_HOST: "tcp://engine:80" }, { kind: "tcp", host: "engine", port: 80 }],
    ["tcp without a port", { DOCKER_HOST: "tcp://engine" }, { kind: "tcp", host: "engine", port: 2375 }],
    ["host and port alone", { DOCKER_HOST: "engine:1234" }, { kind: "tcp", host: "engine", port: 1234 }],
    ["IPv6", { DOCKER_HOST: "tcp://[::1]:2375" }, { kind: "tcp", host: "::1", port: 2375 }],
    [
      "https without certificates",
      { DOCKER_HOST: "https://engine" },
      { kind: "tcp", host: "engine", port: 2376, tls: { verify: true } },
    ],
  ])("%s", async (_what, env, expected) => {
    expect(await endpointFromEnvironment(env)).toEqual(expected);
  });

  it("reads the certificates", async () => {
    const folder = await certificates(["ca", "cert", "key"]);
    const env = { DOCKER_HOST: "tcp://engine", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    const tls = { ca: "the ca", cert: "the cert", key: "the key", verify: true };
    expect(await endpointFromEnvironment(env)).toEqual({ kind: "tcp", host: "engine", port: 2376, tls });
  });

  it("encrypts without making sure of the engine when only DOCKER_CERT_PATH is set", async () => {
    const folder = await certificates(["ca", "cert", "key"]);
    const endpoint = await endpointFromEnvironment({ DOCKER_HOST: "tcp://engine", DOCKER_CERT_PATH: folder });
    expect(endpoint).toMatchObject({ tls: { verify: false } });
  });

  it("takes what there is in the docker client's own folder", async () => {
    const folder = await certificates(["ca"]);
    const env = { DOCKER_HOST: "tcp://engine", DOCKER_TLS_VERIFY: "1", DOCKER_CONFIG: folder };
    expect(await endpointFromEnvironment(env)).toMatchObject({ tls: { ca: "the ca", verify: true } });
  });

  it("names the file that a given folder lacks", async () => {
    const folder = await certificates(["ca", "cert"]);
    const env = { DOCKER_HOST: "tcp://engine", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    await expect(endpointFromEnvironment(env)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(path.join(folder, "key.pem")),
    });
  });

  it.each([
    ["ssh://me@engine", "unsupported", "ssh -NL"],
    ["npipe:////./pipe/docker_engine", "unsupported", "unix socket"],
    ["ftp://engine", "configuration", "unix:///path or tcp://host:port"],
    ["tcp://", "configuration", "tcp://host:port"],
    ["tcp://engine:port", "configuration", "tcp://host:port"],
    ["tcp://engine:2375/path", "configuration", "tcp://host:port"],
  ])("refuses %s with %s and says what to do", async (host, code, advice) => {
    await expect(endpointFromEnvironment({ DOCKER_HOST: host })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(advice),
    });
  });

  it("keeps a password out of its messages", async () => {
    const failure = endpointFromEnvironment({ DOCKER_HOST: "ssh://me:secret@engine" });
    await expect(failure).rejects.toSatisfy(
      (error: Error) => !JSON.stringify([error, error.message]).includes("secret"),
    );
  });
});
