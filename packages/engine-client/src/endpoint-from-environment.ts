import { readFile } from "node:fs/promises";
import path from "node:path";
import type { EngineEndpoint } from "./endpoint.ts";
import { EngineError, type EngineErrorCode } from "./errors.ts";

const defaultSocket = "/var/run/docker.sock";

type TlsFiles = NonNullable<Extract<EngineEndpoint, { kind: "tcp" }>["tls"]>;

/**
 * The engine that DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH name, as the docker client reads them; the default
 * socket without DOCKER_HOST. Reads ca.pem, cert.pem and key.pem. Fails with `unsupported` for ssh and npipe,
 * `configuration` for what cannot be understood or read.
 */
export async function endpointFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Promise<EngineEndpoint> {
  const host = env["DOCKER_HOST"]?.trim() || `unix://${defaultSocket}`;
  const scheme = /^([a-z]+):\/\//i.exec(host)?.[1]?.toLowerCase() ?? "tcp";
  const rest = host.replace(/^[a-z]+:\/\//i, "");
  switch (scheme) {
    case "unix":
      return { kind: "unix", socketPath: rest === "" ? defaultSocket : path.resolve("/", rest) };
    case "tcp":
    case "http":
    case "https":
      return tcpEndpoint(host, rest, scheme, env);
    case "ssh":
      throw failure(
        "unsupported",
        host,
        `DOCKER_HOST is ${withoutUser(host)}, and Berth does not dial ssh: forward the socket (ssh -NL /tmp/docker.sock:${defaultSocket} HOST) and set DOCKER_HOST=unix:///tmp/docker.sock`,
      );
    case "npipe":
      throw failure(
        "unsupported",
        host,
        `DOCKER_HOST is ${host}, a Windows pipe: run Berth where the engine has a unix socket, or let the engine listen on tcp:// with TLS`,
      );
    default:
      throw failure("configuration", host, `DOCKER_HOST is ${withoutUser(host)}: use unix:///path or tcp://host:port`);
  }
}

async function tcpEndpoint(
  host: string,
  rest: string,
  scheme: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<EngineEndpoint> {
  const url = URL.parse(`http://${rest}`);
  if (url === null || url.hostname === "" || !["", "/"].includes(url.pathname) || url.username !== "") {
    throw failure("configuration", host, `DOCKER_HOST is ${withoutUser(host)}: use tcp://host:port`);
  }
  const tls = await tlsFiles(host, scheme, env);
  // URL drops port 80 as the default of http.
  const written = /:(\d+)\/?$/.exec(rest)?.[1];
  const port = written === undefined ? (tls ? 2376 : 2375) : Number(written);
  return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port, ...(tls && { tls }) };
}

async function tlsFiles(
  host: string,
  scheme: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TlsFiles | undefined> {
  const verify = Boolean(env["DOCKER_TLS_VERIFY"]);
  const given = env["DOCKER_CERT_PATH"] || undefined;
  if (!verify && given === undefined && scheme !== "https") return undefined;
  const home = env["HOME"];
  // The docker client's own folder; its files are optional, those of a folder that was named are not.
  const folder = given ?? env["DOCKER_CONFIG"] ?? (home === undefined ? undefined : path.join(home, ".docker"));
  const read = async (name: string): Promise<string | undefined> => {
    if (folder === undefined) return undefined;
    try {
      return await readFile(path.join(folder, name), "utf8");
    } catch (cause) {
      if (given === undefined && (cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      const text = `${path.join(folder, name)} cannot be read: DOCKER_CERT_PATH needs ca.pem, cert.pem and key.pem`;
      throw failure("configuration", host, text, cause);
    }
  };
  const [ca, cert, key] = await Promise.all([read("ca.pem"), read("cert.pem"), read("key.pem")]);
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    // As the docker client has it: a folder alone encrypts, DOCKER_TLS_VERIFY makes sure of whom one talks to.
    verify: verify || scheme === "https",
  };
}

function withoutUser(host: string): string {
  return host.replace(/\/\/[^@/]*@/, "//");
}

function failure(code: EngineErrorCode, host: string, text: string, cause?: unknown): EngineError {
  return new EngineError(code, text, { call: "connect", endpoint: withoutUser(host) }, { cause });
}
