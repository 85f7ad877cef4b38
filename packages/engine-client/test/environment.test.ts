import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { startFakeEngine } from "@berth/testkit";
import { expect, it } from "vitest";

const fixture = path.join(import.meta.dirname, "pull-once.fixture.ts");

async function pullWith(env: Record<string, string>): Promise<{ stdout: string; stderr: string; header: string }> {
  await using fake = await startFakeEngine({ registry: { "registry.test/app:1": {} } });
  const socketPath = fake.endpoint.kind === "unix" ? fake.endpoint.socketPath : "";
  const args = ["--conditions=@berth/source", fixture, socketPath];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return { stdout, stderr, header: String((await fake.seen("POST /images/create")).headers["x-registry-auth"]) };
}

it("credentials stay out of docker-modem's debug log", async () => {
  const { stdout, stderr, header } = await pullWith({ DEBUG: "*" });
  expect(stdout).toContain("Pull complete");
  // The log is on, or this would show nothing.
  expect(stderr).toContain("/images/create");
  expect(stderr).not.toContain(header);
  expect(stderr).not.toContain("correct-horse");
});

it("the environment changes nothing once the endpoint is given", async () => {
  const { stdout } = await pullWith({
    DOCKER_HOST: "tcp://nowhere:99999",
    DOCKER_CERT_PATH: "/does/not/exist",
    DOCKER_CLIENT_TIMEOUT: "1",
  });
  expect(stdout).toContain("Pull complete");
});
