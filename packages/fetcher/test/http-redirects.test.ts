import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { nextHop } from "../src/http/request.ts";
import { httpServer } from "./helpers/http-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

it.each([301, 302, 303, 307, 308])("follows %i, absolute and relative", async (status) => {
  const w = await workspace();
  const server = await httpServer((request, response) => {
    if (request.url === "/a") response.writeHead(status, { location: "/b/c" }).end();
    else if (request.url === "/b/c") response.writeHead(status, { location: `${server.url}/b/d` }).end();
    else response.end("there");
  });
  await w.fetch([{ value: `${server.url}/a` }]);
  expect(await readFile(path.join(w.sandbox, "a"), "utf8")).toBe("there");
});

it("keeps credentials from other origins", async () => {
  const w = await workspace();
  const other = await httpServer((_request, response) => response.end("x"));
  const server = await httpServer((request, response) => {
    response.writeHead(302, { location: request.url === "/a" ? "/b" : `${other.url}/c` }).end();
  });
  await w.fetch([{ value: `${server.url.replace("://", "://ann:secret@")}/a` }]);
  expect(server.requests.map((request) => request.headers.authorization !== undefined)).toEqual([true, true]);
  expect(other.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
});

it("ends in a loop of redirects", async () => {
  const w = await workspace({ maxRedirects: 3 });
  const server = await httpServer((_request, response) => response.writeHead(302, { location: "/a" }).end());
  await expect(w.fetch([{ value: `${server.url}/a` }])).rejects.toMatchObject({ code: "redirect" });
  expect(server.requests).toHaveLength(4);
  expect(await tree(w.sandbox)).toEqual([]);
});

it.each(["file:///etc/passwd", "ftp://h/x", "http://[bad/"])("does not follow to %s", async (location) => {
  const w = await workspace();
  const server = await httpServer((_request, response) => response.writeHead(302, { location }).end());
  await expect(w.fetch([{ value: `${server.url}/a` }])).rejects.toMatchObject({ code: "redirect" });
});

it("does not follow from https down to http", () => {
  expect(() => nextHop(new URL("https://h/a"), "http://h/b?sig=secret", "https://h/a")).toThrow(
    "redirects from https to 'http://h/b?sig=***'",
  );
  expect(nextHop(new URL("http://h/a"), "https://u:p@h/b#f", "http://h/a").href).toBe("https://h/b");
});
