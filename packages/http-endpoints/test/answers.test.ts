import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { array, assert, constantFrom, property, string } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { accepts } from "../src/accept.ts";
import { isCallbackName } from "../src/jsonp.ts";
import { parseRequestTarget } from "../src/request-target.ts";
import { type BasicCredential, createBasicAuthenticator, type HttpAnswer, type Route } from "../src/index.ts";
import { rawRequest } from "./raw-request.ts";
import { serveRoutes } from "./serve-routes.ts";

const answering = (path: string, answer: HttpAnswer): Route => ({ path, methods: ["GET"], handle: () => answer });

test("gzip from 1024 bytes on, when it is accepted, and never for streams", async () => {
  const text = (size: number) => JSON.stringify("x".repeat(size - 2));
  const { port } = await serveRoutes([
    answering("/small", { kind: "json-text", text: text(1023) }),
    answering("/large", { kind: "json-text", text: text(1024) }),
    answering("/stream", { kind: "stream", contentType: "text/plain", body: Readable.from([Buffer.alloc(5000, "s")]) }),
  ]);
  const get = async (path: string, accept?: string) =>
    await rawRequest(port, `GET ${path} HTTP/1.1`, accept === undefined ? [] : [`Accept-Encoding: ${accept}`]);
  expect((await get("/small", "gzip")).headers["content-encoding"]).toBeUndefined();
  expect((await get("/large")).body).toBe(text(1024));
  for (const refused of ["br", "gzip;q=0", "identity, *;q=0"]) {
    expect((await get("/large", refused)).headers["content-encoding"]).toBeUndefined();
  }
  const zipped = await get("/large", "deflate, gzip;q=0.5");
  expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
  expect(gunzipSync(Buffer.from(zipped.body, "latin1")).toString()).toBe(text(1024));
  const stream = await get("/stream", "gzip");
  expect(stream.headers).toMatchObject({ "transfer-encoding": "chunked" });
  expect(stream.headers["content-encoding"]).toBeUndefined();
});

test("jsonp wraps JSON and nothing else; what could be code is refused", async () => {
  const { url } = await serveRoutes([
    answering("/json", { kind: "json", value: { a: 1n, b: ["x"] } }),
    answering("/text", { kind: "text", status: 400, text: "no" }),
  ]);
  const answer = await fetch(`${url}/json?jsonp=jQuery17_163`);
  expect([answer.headers.get("content-type"), await answer.text()]).toEqual([
    "text/javascript",
    'jQuery17_163({"a":1,"b":["x"]});',
  ]);
  expect(await (await fetch(`${url}/text?jsonp=cb`)).text()).toBe("no");
  for (const code of ["", "a(", "a;b", "<script>", "a b", "1a", "a.", "a[b]", "x".repeat(300)]) {
    expect((await fetch(`${url}/json?jsonp=${encodeURIComponent(code)}`)).status).toBe(400);
  }
  for (const name of ["cb", "$", "_x.y.z[0]", "angular.callbacks._0"]) expect(isCallbackName(name)).toBe(true);
});

test.each([
  ["application/json", true],
  ["*/*", true],
  ["application/*;q=0.2", true],
  ["text/html, application/json;charset=utf-8;q=0.9", true],
  ["application/json;q=0, */*", false],
  ["application/*;q=0, */*", false],
  ["text/html", false],
  ["", false],
  ["APPLICATION/JSON", true],
])("Accept: %s takes JSON: %s", (header, expected) => {
  expect(accepts(header, "application/json")).toBe(expected);
});

test("whatever a target or a header holds, reading it does not throw, and no path comes out that climbs", () => {
  assert(
    property(string(), array(constantFrom("..", "%2e", "%2F", "/", ".", "%", "a", "?", "#")), (text, pieces) => {
      accepts(text, "application/json");
      for (const target of [text, `/${pieces.join("")}`]) {
        const parsed = parseRequestTarget(target);
        expect(parsed.ok ? parsed.value.path : "").not.toMatch(/\/\.\.|\0/);
      }
    }),
  );
});

const credentials: readonly BasicCredential[] = [
  { principal: "op", secret: "s:e:c" },
  { principal: "üser", secret: "" },
];

test("basic authentication lets those in who know the secret, and tells the others nothing", async () => {
  const realm = 'r"1';
  const { url } = await serveRoutes(
    [
      { path: "/who", methods: ["GET"], realm: "r", handle: (call) => ({ kind: "json", value: call.principal }) },
      { path: "/open", methods: ["GET"], handle: (call) => ({ kind: "json", value: call.principal ?? null }) },
      { path: "/other", methods: ["GET"], realm: "none", handle: () => ({ kind: "text", status: 200 }) },
    ],
    { authenticate: { r: createBasicAuthenticator(credentials, realm) } },
  );
  const who = async (authorization?: string) =>
    await fetch(`${url}/who`, { headers: authorization === undefined ? {} : { authorization } });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  expect(await (await who(basic("op:s:e:c"))).json()).toBe("op");
  expect(await (await who(basic("üser:"))).json()).toBe("üser");
  expect((await who(basic("op:s:e:c").replace("Basic", "bAsIc"))).status).toBe(200);
  for (const wrong of [
    undefined,
    "",
    "Basic",
    "Basic !!",
    basic("op"),
    basic("op:"),
    basic("op:s:e"),
    basic("nobody:s:e:c"),
    basic(":"),
    "Bearer x",
  ]) {
    const refused = await who(wrong);
    expect([refused.status, refused.headers.get("www-authenticate"), await refused.text()]).toEqual([
      401,
      'Basic realm="r\\"1"',
      "",
    ]);
  }
  expect(await (await fetch(`${url}/open`)).json()).toBeNull();
  expect((await fetch(`${url}/other`)).status).toBe(200);
});

test("a call's signal aborts when the peer goes away", async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const { promise: called, resolve: entered } = Promise.withResolvers<void>();
  const { port } = await serveRoutes([
    {
      path: "/wait",
      methods: ["GET"],
      async handle(call) {
        call.signal.addEventListener("abort", () => resolve());
        entered();
        await aborted;
        return { kind: "text", status: 200 };
      },
    },
  ]);
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  await called;
  socket.destroy();
  await expect(aborted).resolves.toBeUndefined();
});

test("a peer that never reads a long answer is let go, and its source with it", async () => {
  let produced = 0;
  const source = Readable.from(
    (async function* () {
      for (;;) {
        produced += 1;
        yield Buffer.alloc(64 * 1024);
      }
    })(),
    { objectMode: false },
  );
  const { port } = await serveRoutes([answering("/endless", { kind: "stream", contentType: "x/y", body: source })], {
    stallTimeoutMs: 200,
  });
  const socket: Socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
  source.on("error", () => {}); // that it was given up
  await new Promise((resolve) => {
    source.once("close", resolve);
  });
  // What the kernel and Node hold for one connection, not what the source could have made.
  expect(produced).toBeGreaterThan(0);
  expect(produced * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
});

test("a HEAD of a stream has its head, and lets the source go", async () => {
  const source = Readable.from([Buffer.from("abc")]);
  const { url } = await serveRoutes([
    answering("/s", { kind: "stream", contentType: "x/y", headers: { "Content-Length": "3" }, body: source }),
  ]);
  const head = await fetch(`${url}/s`, { method: "HEAD" });
  expect([head.headers.get("content-type"), head.headers.get("content-length")]).toEqual(["x/y", "3"]);
  await expect.poll(() => source.destroyed).toBe(true);
});

test.each([
  ["0", ["next answer?"], ""],
  ["3", ["a", "bc", "d", "e"], "abc"],
  ["4", ["abcdef"], "abcd"],
])(
  "of a stream that promised %s bytes and has more, none more is written, and it is let go",
  async (length, parts, body) => {
    const source = Readable.from(parts.map((part) => Buffer.from(part)));
    const headers = { "Content-Length": length };
    const { port } = await serveRoutes([
      answering("/s", { kind: "stream", contentType: "x/y", headers, body: source }),
    ]);
    const answer = await rawRequest(port, "GET /s HTTP/1.1");
    expect([answer.status, answer.body]).toEqual([200, body]);
    await expect.poll(() => source.destroyed).toBe(true);
  },
);
