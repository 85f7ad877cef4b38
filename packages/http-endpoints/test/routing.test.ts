import { expect, test } from "vitest";
import { createRouteTable } from "../src/route-table.ts";
import type { Route } from "../src/route.ts";
import { rawRequest } from "./raw-request.ts";
import { serveRoutes } from "./serve-routes.ts";

const echo = (path: string, methods: Route["methods"] = ["GET"]): Route => ({
  path,
  methods,
  handle: (call) => ({ kind: "json", value: { route: path, path: call.path, rest: call.rest } }),
});

const routes = [echo("/state"), echo("/files/read"), echo("/files"), echo("/api/v1", ["POST"])];

test.each([
  ["/state", "/state", ""],
  ["/state/", "/state", ""],
  ["/state?x=/../", "/state", ""],
  ["/slave(1)/state", "/state", ""],
  ["/slave%281%29/state", "/state", ""],
  ["/slave(1)/state/", "/state", ""],
  ["/%73tate", "/state", ""],
  ["/files/read/x", "/files/read", "/x"],
  ["/files/readx", "/files", "/readx"],
  ["/slave(1)/files/other", "/files", "/other"],
  ["http://agent:5051/state", "/state", ""],
])("%s is answered by %s", async (target, route, rest) => {
  const { port } = await serveRoutes(routes);
  const answer = await rawRequest(port, `GET ${target} HTTP/1.1`);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ route, rest });
});

test.each([
  ["/", 404],
  ["/slave(1)", 404],
  ["/slave(2)/state", 404],
  ["/statex", 404],
  ["/state/../state", 404],
  ["/state/%2e%2e/state", 404],
  ["/state%2F..%2Fstate", 404],
  ["/%ff", 400],
  ["/state%00", 400],
  ["state", 400],
])("%s is answered with %i in plain text", async (target, status) => {
  const { port } = await serveRoutes(routes);
  const answer = await rawRequest(port, `GET ${target} HTTP/1.1`);
  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"] ?? "text/plain").toMatch(/^text\/plain/);
});

test("another method gets 405 with Allow, HEAD goes where GET goes", async () => {
  const { url } = await serveRoutes(routes);
  const get = await fetch(`${url}/api/v1`);
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  const post = await fetch(`${url}/state`, { method: "POST", body: "x" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const head = await fetch(`${url}/state`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
  expect(await head.text()).toBe("");
});

test("a route's refusal comes before the method, after authentication", async () => {
  const refuse = () => ({ kind: "text", status: 503, text: "Agent has not finished recovery" }) as const;
  const { url } = await serveRoutes([{ ...echo("/api/v1", ["POST"]), refuse, realm: "closed" }], {
    authenticate: {
      closed: {
        authenticate: ({ authorization }) =>
          authorization === undefined ? { ok: false, challenge: "Basic" } : { ok: true, principal: "p" },
      },
    },
  });
  expect((await fetch(`${url}/api/v1`)).status).toBe(401);
  const refused = await fetch(`${url}/api/v1`, { headers: { authorization: "x" } });
  expect([refused.status, await refused.text()]).toEqual([503, "Agent has not finished recovery"]);
});

test("two routes of one path, and paths that are none, are refused", () => {
  expect(() => createRouteTable([echo("/a"), echo("/a")])).toThrow("two routes");
  for (const path of ["a", "/a/", "", "//"]) expect(() => createRouteTable([echo(path)])).toThrow("no path");
});
