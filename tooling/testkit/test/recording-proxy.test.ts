import { execFile } from "node:child_process";
import http from "node:http";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  engineRequest,
  ensureTestImage,
  findEngine,
  type RecordingProxyOptions,
  startFakeEngine,
  startRecordingProxy,
} from "@berth/testkit";

const engine = await findEngine();

describe.skipIf(engine === undefined)("the recording proxy", () => {
  async function setUp(options: RecordingProxyOptions = {}) {
    const proxy = await startRecordingProxy(engine!.socketPath, options);
    onTestFinished(() => proxy.stop());
    const image = await ensureTestImage(engine!.socketPath);
    const docker = async (...args: string[]) =>
      promisify(execFile)("docker", args, { env: { ...process.env, DOCKER_HOST: proxy.host } });
    return { proxy, image, docker };
  }

  it("records bodies and passes everything on, a switch of protocols included", async () => {
    const { proxy, image, docker } = await setUp();
    const { stdout } = await docker("run", "--rm", "--label", "a=b", image, "echo", "through the proxy");
    expect(stdout).toBe("through the proxy\n");
    expect((await proxy.seen("POST /containers/create")).body).toMatchObject({ Image: image, Labels: { a: "b" } });
    expect((await proxy.seen("POST /containers/*/attach")).headers["upgrade"]).toBe("tcp");
  });

  it("shows what a docker client sends to an engine newer than the one behind it, and makes nothing", async () => {
    const { proxy, image, docker } = await setUp({ pretendApiVersion: "1.48", swallowCreates: true });
    const name = "berth-test-testkit-swallowed";
    await docker("create", "--name", name, "--annotation", "key=value", image, "true");
    const { apiVersion, body, query } = await proxy.seen("POST /containers/create");
    expect(apiVersion).toBe("1.48");
    expect(query.get("name")).toBe(name);
    expect(body).toMatchObject({ HostConfig: { Annotations: { key: "value" } } });
    expect((await engineRequest(engine!.socketPath, "GET", `/containers/${name}/json`)).status).toBe(404);
  });

  it("pretends a version wherever clients look, and the engine gets its own", async () => {
    const { proxy } = await setUp({ pretendApiVersion: "1.60", pretendMinApiVersion: "1.52" });
    const ping = await engineRequest(proxy.socketPath, "GET", "/_ping");
    expect(ping.headers["api-version"]).toBe("1.60");
    const version = await engineRequest(proxy.socketPath, "GET", "/v1.60/version");
    expect(JSON.parse(version.text)).toMatchObject({ ApiVersion: "1.60", MinAPIVersion: "1.52" });
    expect((await engineRequest(proxy.socketPath, "GET", "/v1.60/info")).status).toBe(200);
  });

  it("answers by itself when told to", async () => {
    const answer: RecordingProxyOptions["answer"] = ({ path }) =>
      path === "/info" ? { status: 404, body: { message: "not today" } } : undefined;
    const { proxy } = await setUp({ answer });
    expect(await engineRequest(proxy.socketPath, "GET", "/info")).toMatchObject({
      status: 404,
      text: '{"message":"not today"}',
    });
    expect((await engineRequest(proxy.socketPath, "GET", "/version")).status).toBe(200);
  });
});

it("outlives a client that goes away before the engine refuses to switch protocols", async () => {
  await using fake = await startFakeEngine({ images: { "a:1": {} }, behaviour: {} });
  if (fake.endpoint.kind !== "unix") throw new Error("the fake engine listens on a socket");
  await using proxy = await startRecordingProxy(fake.endpoint.socketPath);
  for (const path of ["create?name=c", "c/start", "c/pause"]) {
    const { status } = await engineRequest(proxy.socketPath, "POST", `/containers/${path}`, { Image: "a:1" });
    expect(status).toBeLessThan(300);
  }
  const held = fake.fault({ on: "POST /containers/*/attach", action: { kind: "delay" } });
  const client = http.request({
    socketPath: proxy.socketPath,
    method: "POST",
    path: "/containers/c/attach?stream=1&stdout=1",
    headers: { connection: "Upgrade", upgrade: "tcp" },
  });
  client.on("error", () => undefined);
  client.end();
  await held.struck;
  client.destroy();
  held.release();
  expect((await engineRequest(proxy.socketPath, "GET", "/_ping")).status).toBe(200);
});
