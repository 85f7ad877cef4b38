import http from "node:http";
import type net from "node:net";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { httpServer } from "./helpers/http-server.ts";
import { workspace } from "./helpers/workspace.ts";

it("asks the proxy of the environment with the whole URL and its credentials", async () => {
  const proxy = await httpServer((request, response) => response.end(`proxied ${request.url}`));
  const w = await workspace({ environment: { http_proxy: `http://me:pw@127.0.0.1:${proxy.port}` } });
  await w.fetch([{ value: "http://name.invalid/a?b=c" }]);
  expect(await readFile(path.join(w.sandbox, "a"), "utf8")).toBe("proxied http://name.invalid/a?b=c");
  const sent = proxy.requests[0]?.headers["proxy-authorization"];
  expect(sent).toBe(`Basic ${Buffer.from("me:pw").toString("base64")}`);
});

it("goes past the proxy for hosts in no_proxy", async () => {
  const server = await httpServer((_request, response) => response.end("direct"));
  const w = await workspace({ environment: { http_proxy: "http://127.0.0.1:1", no_proxy: "127.0.0.0/8" } });
  await w.fetch([{ value: `${server.url}/a` }]);
  expect(await readFile(path.join(w.sandbox, "a"), "utf8")).toBe("direct");
});

it("opens a tunnel for https", async () => {
  const asked: string[] = [];
  const proxy = await httpServer((_request, response) => response.writeHead(500).end());
  const tunnel = http.createServer();
  tunnel.on("connect", (request, socket: net.Socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
  const address = tunnel.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const w = await workspace({
    environment: { https_proxy: `http://127.0.0.1:${port}`, http_proxy: proxy.url },
  });
  await expect(w.fetch([{ value: "https://name.invalid/a" }])).rejects.toMatchObject({ code: "connection" });
  await new Promise((resolve) => tunnel.close(resolve));
  expect(new Set(asked)).toEqual(new Set(["name.invalid:443"]));
  expect(proxy.requests).toEqual([]);
});

it("refuses a proxy of another kind by name", async () => {
  const w = await workspace({ environment: { all_proxy: "socks5://127.0.0.1:1" } });
  await expect(w.fetch([{ value: "http://name.invalid/a" }])).rejects.toMatchObject({ code: "unsupported" });
});
