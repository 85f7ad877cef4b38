import { describe, expect, it, onTestFinished, vi } from "vitest";
import { engineRequest, ensureTestImage, findEngine, pushImage, startRegistry } from "../src/index.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("startRegistry", () => {
  it("serves what was pushed to it and records every request", async () => {
    const socketPath = engine?.socketPath ?? "";
    const ref = await ensureTestImage(socketPath);
    await using registry = await startRegistry();
    const pushed = await pushImage(socketPath, ref, registry.host, "testkit/busybox", "1");
    const before = registry.requests.length;

    const pull = await engineRequest(socketPath, "POST", `/images/create?fromImage=${pushed}`);

    expect(pull.text).toContain(`Status: Downloaded newer image for ${pushed}`);
    const paths = registry.requests.slice(before).map((request) => request.path);
    expect(paths).toContain("/v2/testkit/busybox/manifests/1");
    await engineRequest(socketPath, "DELETE", `/images/${pushed}`);
  });

  it("lets a test answer in its place", async () => {
    await using registry = await startRegistry();
    registry.intercept = (_request, response) => {
      response.writeHead(429, { "retry-after": "1" }).end();
      return true;
    };
    expect((await fetch(`http://${registry.host}/v2/`)).status).toBe(429);
  });
});

it("says what to install when there is no registry to start", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(startRegistry()).rejects.toThrow("is the package docker-registry installed?");
});
