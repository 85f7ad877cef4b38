import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./workspace.ts";

export interface FtpServer {
  readonly port: number;
  /** What anonymous users see as `/`. */
  readonly root: string;
}

/** Debian's vsftpd on a free loopback port, with a configuration of its own; ended when the test ends. Needs root, as vsftpd does. */
export async function ftpServer(more: Readonly<Record<string, string>> = {}): Promise<FtpServer> {
  const folder = await temporaryFolder();
  const root = path.join(folder, "root");
  await mkdir(root, { mode: 0o755 });
  const empty = path.join(folder, "empty");
  await mkdir(empty, { mode: 0o555 });
  const port = await freePort();
  const settings = {
    listen: "YES",
    background: "NO",
    listen_address: "127.0.0.1",
    listen_port: String(port),
    anonymous_enable: "YES",
    local_enable: "NO",
    anon_root: root,
    // Any user with a home that exists; anonymous files are read as this one.
    ftp_username: "daemon",
    nopriv_user: "nobody",
    secure_chroot_dir: empty,
    seccomp_sandbox: "NO",
    isolate_network: "NO",
    isolate: "NO",
    xferlog_enable: "NO",
    ...more,
  };
  const config = path.join(folder, "vsftpd.conf");
  await writeFile(
    config,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
  const child = spawn("/usr/sbin/vsftpd", [config], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  onTestFinished(() => end(child));
  await listening(port, child, more["implicit_ssl"] === undefined, () => said);
  return { port, root };
}

export function hasVsftpd(): boolean {
  try {
    execFileSync("test", ["-x", "/usr/sbin/vsftpd"]);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exited;
}

async function listening(port: number, child: ChildProcess, greets: boolean, said: () => string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ;) {
    const answers = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.once(greets ? "data" : "connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (answers) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`vsftpd did not start: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
