import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { tlsCertificate } from "./helpers/tls-certificate.ts";
import { tree, workspace } from "./helpers/workspace.ts";

async function httpsServer(): Promise<{ url: string; certificate: string }> {
  const { key, certificate } = await tlsCertificate();
  const server = https.createServer({ key, cert: certificate }, (_request, response) => response.end("over tls"));
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${port}`, certificate };
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

it("fetches from a server whose certificate it was told to trust", async () => {
  const { url, certificate } = await httpsServer();
  const w = await workspace({ tlsCertificates: [certificate] });
  await w.fetch([{ value: `${url}/f` }]);
  expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("over tls");
});

it("refuses any other certificate at once", async () => {
  const { url } = await httpsServer();
  const w = await workspace();
  await expect(w.fetch([{ value: `${url}/f` }])).rejects.toMatchObject({
    code: "connection",
    message: expect.stringContaining("self-signed certificate"),
  });
  expect(w.progress.filter((event) => event.kind === "retrying")).toEqual([]);
  expect(await tree(w.sandbox)).toEqual([]);
});

it("fetches through the tunnel of a proxy, which sees the host and nothing else", async () => {
  const { url, certificate } = await httpsServer();
  const asked: string[] = [];
  const proxy = http.createServer((_request, response) => response.writeHead(400).end());
  proxy.on("connect", (request, client: net.Socket) => {
    asked.push(`${request.method} ${request.url}`);
    const onward = net.connect(Number(new URL(url).port), "localhost", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [onward, client]) socket.on("error", () => socket.destroy());
  });
  const port = await listen(proxy);
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const w = await workspace({
    tlsCertificates: [certificate],
    environment: { HTTPS_PROXY: `http://localhost:${port}` },
  });
  await w.fetch([{ value: `${url}/f` }]);
  expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("over tls");
  expect(asked).toEqual([`CONNECT ${new URL(url).host}`]);
});
