import { once } from "node:events";
import { expect, test } from "vitest";
import type { LibprocessOptions } from "../src/index.ts";
import { collect, rawClient, startNode } from "./harness.ts";

async function start(options: Partial<LibprocessOptions> = {}) {
  const node = await startNode(
    { refuseOtherSites: { ownNames: ["Agent.Example.com"] }, ...options },
    { hostName: () => "Laptop.home.arpa" },
  );
  const messages = collect(node, "slave(1)");
  const served: string[] = [];
  node.serveHttp((request, response) => {
    served.push(`${request.method} ${request.url}`);
    request.resume();
    response.end("served");
  });
  return { node, messages, served, port: node.bound.port };
}

/** The status of one request; what a header holds may be left out by undefined. */
async function ask(
  port: number,
  head: { readonly method?: string; readonly path?: string; readonly headers: readonly (string | undefined)[] },
): Promise<number> {
  const { method = "GET", path = "/state", headers } = head;
  const client = await rawClient(port);
  const length = method === "POST" ? ["Content-Length: 2"] : [];
  const lines = [`${method} ${path} HTTP/1.1`, ...headers.filter((line) => line !== undefined), ...length, "", ""];
  const answered = once(client.socket, "data");
  await client.write(lines.join("\r\n") + (method === "POST" ? "{}" : ""));
  await answered;
  expect(client.text()).toMatch(/^HTTP\/1\.1 \d{3} /);
  return Number(client.text().slice(9, 12));
}

const message = { method: "POST", path: "/slave(1)/mesos.internal.RunTaskMessage" };
const from = "Libprocess-From: master@127.0.0.1:5050";

test.each([
  ["no Host", undefined],
  ["an empty one", "Host:"],
  ["an address", "Host: 127.0.0.1:5051"],
  ["an address of another network, forwarded here", "Host: 192.168.1.5"],
  ["an address of IPv6", "Host: [::1]:5051"],
  ["localhost", "Host: LocalHost:5051"],
  ["a name below localhost", "Host: berth.localhost"],
  ["the machine's name", "Host: laptop.home.arpa:5051"],
  ["the machine's name without its domain", "Host: laptop"],
  ["a name that was given, with the root's dot", "Host: agent.example.com.:5051"],
])("%s is served, and gets its messages through", async (_, host) => {
  const { port, messages, served } = await start();
  expect(await ask(port, { headers: [host] })).toBe(200);
  expect(await ask(port, { method: "POST", headers: [host] })).toBe(200);
  expect(await ask(port, { ...message, headers: [host, from] })).toBe(202);
  expect(messages).toHaveLength(1);
  expect(served).toEqual(["GET /state", "POST /state"]);
});

test.each([
  ["a name that somebody has pointed here", "Host: attacker.example:5051"],
  ["a name that ends like ours", "Host: evil-laptop.home.arpa"],
  ["a name that begins like ours", "Host: localhost.attacker.example"],
  ["a name that looks like an address", "Host: 127.0.0.1.attacker.example:5051"],
  ["the address of nobody", "Host: 0.0.0.0:5051"],
  ["the address of nobody in IPv6", "Host: [::]:5051"],
  ["no name at all", "Host: a:b:c"],
])("%s is refused: reading, calling and messages", async (_, host) => {
  const { node, port, messages, served } = await start();
  expect(await ask(port, { headers: [host] })).toBe(403);
  expect(await ask(port, { method: "POST", path: "/api/v1/scheduler", headers: [host] })).toBe(403);
  expect(await ask(port, { ...message, headers: [host, from] })).toBe(403);
  expect(await ask(port, { ...message, headers: [host, "User-Agent: libprocess/master@127.0.0.1:5050"] })).toBe(403);
  expect(messages).toEqual([]);
  expect(served).toEqual([]);
  expect(node.lines.map((line) => line.message)).toEqual(["request refused"]);
});

test.each(["http://attacker.example", "http://203.0.113.7:5051", "http://localhost:5051", "null", "file://", ""])(
  "a call that %j sends is refused, whatever its kind",
  async (origin) => {
    const { port, messages, served } = await start();
    const headers = ["Host: 127.0.0.1:5051", `Origin: ${origin}`];
    expect(await ask(port, { method: "POST", headers: [...headers, "Content-Type: application/json"] })).toBe(403);
    expect(await ask(port, { ...message, headers: [...headers, from] })).toBe(403);
    expect(await ask(port, { method: "DELETE", headers })).toBe(403);
    expect(await ask(port, { method: "OPTIONS", headers })).toBe(403);
    expect(await ask(port, { method: "POST", headers: headers.slice(1) })).toBe(403);
    expect(messages).toEqual([]);
    expect(served).toEqual([]);
    expect(await ask(port, { headers })).toBe(200);
  },
);

test("a page of ours may call, from any port", async () => {
  const { port } = await start();
  const headers = ["Host: localhost:5051", "Origin: http://localhost:8080"];
  expect(await ask(port, { method: "POST", headers })).toBe(200);
});

test("a script from another site reads nothing, a link may be followed", async () => {
  const { port } = await start();
  const script = ["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"];
  const link = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
  const host = "Host: 127.0.0.1:5051";
  const path = "/state?jsonp=steal";
  expect(await ask(port, { path, headers: [host, "Sec-Fetch-Site: cross-site", ...script] })).toBe(403);
  expect(await ask(port, { path, headers: [host, "Sec-Fetch-Site: same-site", ...script] })).toBe(200);
  expect(await ask(port, { headers: [host, "Sec-Fetch-Site: cross-site", ...link] })).toBe(200);
});

test("without the option every site is let in, as in the original", async () => {
  const { port, messages } = await start({ refuseOtherSites: undefined });
  const headers = ["Host: attacker.example", "Origin: http://attacker.example", "Sec-Fetch-Site: cross-site"];
  expect(await ask(port, { method: "POST", headers })).toBe(200);
  expect(await ask(port, { ...message, headers: [...headers, from] })).toBe(202);
  expect(messages).toHaveLength(1);
});
