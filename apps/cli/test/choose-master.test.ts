import { once } from "node:events";
import { open, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { recordedAnswer } from "@berth/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { FdWriter } from "../src/output/fd-writer.ts";
import { chooseMaster } from "../src/system/choose-master.ts";

type Options = Parameters<typeof chooseMaster>[0];

const state = JSON.stringify(recordedAnswer("master.state.trimmed").json);

/** Somebody on a port of this machine; `asked` counts the connections. */
async function somebody(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    sockets.add(socket.on("error", () => undefined));
    onSocket(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { address: `127.0.0.1:${port}`, asked: () => asked };
}

function answering(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const http = createHttpServer(answer);
  return somebody((socket) => void http.emit("connection", socket));
}

const master = () => answering((request, response) => response.end(request.url === "/state" ? state : ""));

/** What `berth run` chooses when a master of this machine would be at `localMaster`. */
async function choose(localMaster: string, options: Partial<Options> = {}, env: Readonly<Record<string, string>> = {}) {
  const cwd = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const file = await open(path.join(cwd, "err"), "w");
  const stderr = new FdWriter(file.fd);
  const chosen = await chooseMaster({ cluster: {}, machine: {}, ...options }, { env, cwd, localMaster, stderr });
  await chosen?.close();
  await stderr.flush();
  await file.close();
  return { address: chosen?.address, stderr: await readFile(path.join(cwd, "err"), "utf8") };
}

describe("without --master", () => {
  test("the master of this machine is taken", async () => {
    const { address, asked } = await master();
    expect(await choose(address)).toEqual({ address, stderr: "" });
    expect(asked()).toBeGreaterThan(0);
  });

  test("the master of this machine is asked with the credential that is given", async () => {
    const { address } = await answering(({ headers }, response) => {
      const known = headers.authorization === `Basic ${Buffer.from("p:s").toString("base64")}`;
      response.writeHead(known ? 200 : 401).end(known ? state : "");
    });
    expect(await choose(address)).toEqual({ address: undefined, stderr: "" });
    const folder = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const credential = path.join(folder, "credential");
    await writeFile(credential, "p s");
    expect(await choose(address, { cluster: { credential } })).toEqual({ address, stderr: "" });
  });

  test("nobody listens there: no word about it", async () => {
    expect(await choose(await closedPort())).toEqual({ address: undefined, stderr: "" });
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ["a web server without that page", (_, response) => response.writeHead(404).end("<h1>not here</h1>")],
    ["a web server with a page for everything", (_, response) => response.end("<h1>welcome</h1>")],
    ["an API", (_, response) => response.end('{"pid":12,"version":"1.12.0"}')],
    ["an agent", (_, response) => response.end(JSON.stringify(recordedAnswer("agent.state.trimmed").json))],
    ["one that is broken", (_, response) => response.writeHead(500).end()],
    ["one that sends others to itself", ({ headers }, response) => redirect(response, `//${headers.host}/state`)],
  ])("%s listens there: no word about it", async (_, answer) => {
    const { address, asked } = await answering(answer);
    expect(await choose(address)).toEqual({ address: undefined, stderr: "" });
    expect(asked()).toBeGreaterThan(0);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["speaks first, and no HTTP", (socket) => void socket.write("SSH-2.0-OpenSSH_9.6\r\n")],
    ["hangs up", (socket) => void socket.end()],
  ])("one who %s listens there", async (_, onSocket) => {
    const { address } = await somebody(onSocket);
    expect(await choose(address)).toEqual({ address: undefined, stderr: "" });
  });

  test("one who does not answer in time is not waited for, and that is said", async () => {
    const slow: readonly ((socket: Socket) => void)[] = [
      () => undefined,
      (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
      (socket) => void socket.write("HTTP/1.1 404 no\r\ncontent-length: 9\r\n\r\nn"),
      (socket) => drip(socket, "HTTP/1.1 404 no\r\ncontent-length: 9000\r\n\r\n"),
      (socket) => drip(socket, `HTTP/1.1 200 OK\r\ncontent-length: ${state.length}\r\n\r\n`),
    ];
    const addresses = await Promise.all(slow.map(async (onSocket) => (await somebody(onSocket)).address));
    const startedMs = performance.now();
    expect(await Promise.all(addresses.map((address) => choose(address)))).toEqual(
      addresses.map((address) => ({
        address: undefined,
        stderr: `warning: ${address} does not answer; the task runs in this process. --master waits for it\n`,
      })),
    );
    // The client by itself would wait for ten seconds, and with each piece anew.
    expect(performance.now() - startedMs).toBeLessThan(8000);
  });
});

describe("somebody has said what he wants: nobody is asked", () => {
  test.each<[string, Partial<Options>, Readonly<Record<string, string>>, string | undefined]>([
    ["--master", { cluster: { master: "h:1" } }, {}, "h:1"],
    ["BERTH_MASTER", {}, { BERTH_MASTER: "h:2" }, "h:2"],
    ["--master before BERTH_MASTER", { cluster: { master: "h:1" } }, { BERTH_MASTER: "h:2" }, "h:1"],
    ["--work-dir", { machine: { workDir: "/w" } }, {}, undefined],
    ["--work-dir before BERTH_MASTER", { machine: { workDir: "/w" } }, { BERTH_MASTER: "h:2" }, undefined],
  ])("%s", async (_, options, env, expected) => {
    const { address, asked } = await master();
    expect(await choose(address, options, env)).toEqual({ address: expected, stderr: "" });
    expect(asked()).toBe(0);
  });
});

/** A byte now and then: a limit between pieces never ends it. */
function drip(socket: Socket, head: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(" "), 100);
  socket.once("close", () => clearInterval(timer));
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location }).end();
}

async function closedPort(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}
