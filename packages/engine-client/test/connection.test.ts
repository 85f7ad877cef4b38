import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEngineClient } from "@berth/engine-client";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-engine-client-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function listen(socketPath: string, server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
}

function clientOf(socketPath: string) {
  const client = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  onTestFinished(() => client.close());
  return client;
}

describe("an engine that cannot be spoken to", () => {
  it("no socket there", async () => {
    const socketPath = path.join(await temporaryFolder(), "none.sock");
    await expect(clientOf(socketPath).containers.inspect("x")).rejects.toMatchObject({
      code: "unreachable",
      message: `GET /_ping: no engine answers at unix://${socketPath}: is dockerd running?`,
    });
  });

  it("nobody behind the socket", async () => {
    const socketPath = path.join(await temporaryFolder(), "file.sock");
    await writeFile(socketPath, "");
    await expect(clientOf(socketPath).ping()).rejects.toMatchObject({ code: "unreachable", call: "GET /_ping" });
  });

  it("no permission for the socket", async () => {
    const folder = await temporaryFolder();
    const socketPath = path.join(folder, "docker.sock");
    await listen(socketPath, createServer());
    await chmod(folder, 0o755);
    await chmod(socketPath, 0o600);
    // Root may open anything, so the call is made as nobody.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    else await chmod(socketPath, 0o000);
    try {
      await expect(clientOf(socketPath).ping()).rejects.toMatchObject({
        code: "permission-denied",
        message: expect.stringMatching(/sudo.*group/),
      });
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it("something else behind the socket", async () => {
    const socketPath = path.join(await temporaryFolder(), "other.sock");
    await listen(
      socketPath,
      createServer((socket) => void socket.resume().end("220 ftp ready\r\n")),
    );
    await expect(clientOf(socketPath).ping()).rejects.toMatchObject({ code: "protocol" });
  });

  it("a host that nobody knows", async () => {
    const client = createEngineClient({ endpoint: { kind: "tcp", host: "berth.invalid", port: 1 } });
    onTestFinished(() => client.close());
    await expect(client.ping()).rejects.toMatchObject({ code: "unreachable", endpoint: "tcp://berth.invalid:1" });
  });
});
