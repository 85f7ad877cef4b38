import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  engineRequest,
  ensureTestImage,
  findEngine,
  type RecordingProxyOptions,
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
