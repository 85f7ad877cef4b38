import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
}

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`: requests to it are recorded and passed on. */
  readonly host: string;
  /** Every request so far, in order. */
  readonly requests: readonly RegistryRequest[];
  /** Stands between the engine and the registry: return true when it has answered (or will never answer) by itself. */
  intercept: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | undefined;
  stop(): Promise<void>;
}

/**
 * A real registry (Debian's docker-registry) on a free port of 127.0.0.1, behind a proxy that records and can disturb.
 * `users` turns on basic authentication: name -> bcrypt hash (`htpasswd -nbB`).
 */
export async function startRegistry(options: { users?: Readonly<Record<string, string>> } = {}): Promise<TestRegistry> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-registry-"));
  const port = await freePort();
  const config = [
    "version: 0.1",
    "log: { level: warn, accesslog: { disabled: true } }",
    `storage: { filesystem: { rootdirectory: ${directory}/data }, delete: { enabled: true } }`,
    `http: { addr: "127.0.0.1:${port}" }`,
  ];
  if (options.users !== undefined) {
    const lines = Object.entries(options.users).map(([name, hash]) => `${name}:${hash}\n`);
    await writeFile(`${directory}/htpasswd`, lines.join(""));
    config.push(`auth: { htpasswd: { realm: berth, path: ${directory}/htpasswd } }`);
  }
  await writeFile(`${directory}/config.yml`, config.join("\n"));
  const child = spawn("docker-registry", ["serve", `${directory}/config.yml`], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    // Not installed: without a listener the whole test process would end with a bare ENOENT.
    child.once("error", () => resolve());
  });
  try {
    await listening(port, exited);
  } catch (error) {
    child.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
    throw error;
  }

  const requests: RegistryRequest[] = [];
  const proxy = http.createServer((incoming, outgoing) => {
    requests.push({ method: incoming.method ?? "", path: incoming.url ?? "" });
    if (registry.intercept?.(incoming, outgoing) === true) return;
    const onward = http.request(
      { host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));

  const stop = async () => {
    proxy.closeAllConnections();
    await new Promise<void>((resolve) => proxy.close(() => resolve()));
    child.kill("SIGTERM");
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const registry: TestRegistry = {
    host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests,
    intercept: undefined,
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return registry;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number, exited: Promise<void>): Promise<void> {
  let gone = false;
  void exited.then(() => (gone = true));
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answers = await new Promise<boolean>((resolve) => {
      const request = http.get({ host: "127.0.0.1", port, path: "/v2/" }, (response) => {
        response.resume();
        resolve(true);
      });
      request.on("error", () => resolve(false));
    });
    if (answers) return;
    if (gone || Date.now() > deadline)
      throw new Error("docker-registry did not start; is the package docker-registry installed?");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
