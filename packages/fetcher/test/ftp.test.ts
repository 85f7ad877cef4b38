import { readFile, utimes, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ftpTarget } from "../src/ftp/ftp-target.ts";
import { ftpServer, hasVsftpd } from "./helpers/ftp-server.ts";
import { tlsCertificate } from "./helpers/tls-certificate.ts";
import { cachedFiles, temporaryFolder, tree, workspace } from "./helpers/workspace.ts";

const body = Buffer.alloc(3_000_000, "0123456789abcdefghijklm");

describe.runIf(hasVsftpd())("ftp from vsftpd", () => {
  it("fetches anonymously, names with spaces too", async () => {
    const server = await ftpServer();
    await writeFile(path.join(server.root, "a file"), body);
    const w = await workspace();
    await w.fetch([{ value: `ftp://127.0.0.1:${server.port}/a%20file`, outputFile: "f" }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(w.progress[0]).toMatchObject({ kind: "started", totalBytes: body.length });
  });

  it("says what is missing, and leaves nothing", async () => {
    const server = await ftpServer();
    const w = await workspace();
    await expect(w.fetch([{ value: `ftp://127.0.0.1:${server.port}/none` }])).rejects.toMatchObject({
      code: "not-found",
      status: 550,
    });
    await expect(w.fetch([{ value: `ftp://ann:secret@127.0.0.1:${server.port}/f` }])).rejects.toMatchObject({
      code: "permission",
      status: 530,
    });
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("logs in with the name and password of the URI", async () => {
    // Anonymous logins whose password is on a list: PAM, which other users need, cannot be set up without touching the host's /etc.
    const list = path.join(await temporaryFolder(), "passwords");
    await writeFile(list, "p@ss word\n");
    const server = await ftpServer({ secure_email_list_enable: "YES", email_password_file: list });
    await writeFile(path.join(server.root, "f"), "for members");
    const w = await workspace();
    const uri = (password: string) => [{ value: `ftp://ftp:${password}@127.0.0.1:${server.port}/f` }];
    await w.fetch(uri("p%40ss%20word"));
    expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("for members");
    const refused = w.fetch(uri("wrong"));
    await expect(refused).rejects.toMatchObject({
      code: "permission",
      status: 530,
      message: expect.not.stringContaining("wrong"),
    });
  });

  it("uses a cached file while size and date stay the same", async () => {
    const server = await ftpServer();
    const file = path.join(server.root, "f");
    await writeFile(file, "old");
    const w = await workspace();
    const uris = [{ value: `ftp://127.0.0.1:${server.port}/f`, cache: true }];
    await w.fetch(uris);
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: true }]);
    await utimes(file, 1e9, 1e9);
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: false }]);
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
  });

  it("goes on where a transfer was cut", async () => {
    const server = await ftpServer();
    await writeFile(path.join(server.root, "f"), body);
    const proxy = await cuttingProxy(server.port, 1_000_000);
    const w = await workspace();
    await w.fetch([{ value: `ftp://127.0.0.1:${proxy.port}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(proxy.commands.filter((line) => line.startsWith("REST"))).toHaveLength(1);
  });

  it("fetches over implicit TLS with a certificate it was told to trust, and refuses any other", async () => {
    const { certificate, bothFile } = await tlsCertificate();
    const server = await ftpServer({
      ssl_enable: "YES",
      implicit_ssl: "YES",
      allow_anon_ssl: "YES",
      rsa_cert_file: bothFile,
      require_ssl_reuse: "NO",
    });
    await writeFile(path.join(server.root, "f"), body);
    const trusting = await workspace({ tlsCertificates: [certificate] });
    await trusting.fetch([{ value: `ftps://localhost:${server.port}/f` }]);
    expect((await readFile(path.join(trusting.sandbox, "f"))).equals(body)).toBe(true);
    const doubting = await workspace();
    await expect(doubting.fetch([{ value: `ftps://localhost:${server.port}/f` }])).rejects.toMatchObject({
      code: "connection",
    });
  });
});

it.each([
  ["ftp://h/a/b", { host: "h", port: 21, user: "anonymous", secure: false, path: "a/b" }],
  ["ftp://u:p%40@h:2121//a", { port: 2121, user: "u", password: "p@", path: "/a" }],
  ["ftps://[::1]/a", { host: "::1", port: 990, secure: true }],
])("reads %s", (url, target) => {
  expect(ftpTarget(url)).toMatchObject(target);
});

/** Stands before an FTP server, notes commands, and breaks the first data connection after some bytes. */
async function cuttingProxy(serverPort: number, cutAfterBytes: number): Promise<{ port: number; commands: string[] }> {
  const commands: string[] = [];
  let cut = false;
  const listeners: net.Server[] = [];
  const listen = async (onSocket: (socket: net.Socket) => void): Promise<number> => {
    const server = net.createServer(onSocket);
    listeners.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const data = (dataPort: number) =>
    listen((client) => {
      const server = net.connect(dataPort, "127.0.0.1");
      let passed = 0;
      const breaks = !cut;
      cut = true;
      server.on("data", (chunk: Buffer) => {
        passed += chunk.length;
        client.write(chunk);
        if (breaks && passed >= cutAfterBytes) {
          client.resetAndDestroy();
          server.destroy();
        }
      });
      server.on("end", () => client.end());
      server.on("error", () => client.destroy());
      client.on("error", () => server.destroy());
    });
  const port = await listen((client) => {
    const server = net.connect(serverPort, "127.0.0.1");
    client.on("data", (chunk: Buffer) => {
      commands.push(...chunk.toString().trim().split("\r\n"));
      server.write(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      const passive = /^229 .*\|\|\|(\d+)\|/.exec(chunk.toString());
      if (passive === null) return client.write(chunk);
      void data(Number(passive[1])).then((own) => client.write(`229 Entering Extended Passive Mode (|||${own}|)\r\n`));
      return true;
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  onTestFinished(() => {
    for (const listener of listeners) listener.close();
  });
  return { port, commands };
}
