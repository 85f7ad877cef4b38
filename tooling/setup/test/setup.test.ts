import { execFile } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";

const main = path.resolve(import.meta.dirname, "../main.mjs");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function setUp(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("set-up", () => {
  it("says in one sentence that no engine answers where DOCKER_HOST points, and does not start one elsewhere", async () => {
    const { code, stdout, stderr } = await setUp(["engine-start"], { DOCKER_HOST: "unix:///nonexistent/docker.sock" });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "berth set-up: no engine answers at DOCKER_HOST=unix:///nonexistent/docker.sock: start it, or unset DOCKER_HOST.\n",
    );
  });

  it("names its commands when asked for one that it does not know", async () => {
    const { code, stderr } = await setUp(["engine"], {});
    expect(code).toBe(1);
    expect(stderr).toContain(
      "unknown command engine: one of build, start, test, check, bench, engine-start, engine-stop.",
    );
  });

  it("leaves stdout to the command that follows", async () => {
    const { code, stdout } = await setUp(["start", "--version"], {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
