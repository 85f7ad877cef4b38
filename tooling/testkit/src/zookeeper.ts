import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A real ZooKeeper server, alone, on loopback. */
export interface TestZooKeeper extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Ends the process at once. Data and port stay. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; resolves when it serves. */
  restart(): Promise<void>;
  /** Forgets all data. To be called while it does not run. */
  wipe(): Promise<void>;
  /** The process stands still (SIGSTOP): connections stay and nothing is answered. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Debian's package `zookeeper`. */
const jar = "/usr/share/java/zookeeper.jar";
const mainClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain";

/** Whether `startZooKeeper` can work here, so that a test can skip; throws instead when REQUIRE_DOCKER=1. */
export function hasZooKeeper(): boolean {
  const there = existsSync(jar) && spawnSync("java", ["-version"], { stdio: "ignore" }).status === 0;
  if (!there && process.env["REQUIRE_DOCKER"] === "1") {
    throw new Error(`REQUIRE_DOCKER=1 and there is no ${jar}, or no java: install the package zookeeper`);
  }
  return there;
}

/** `tickTimeMs` is ZooKeeper's clock: it grants session time-outs of two ticks and more. */
export async function startZooKeeper(options: { readonly tickTimeMs?: number } = {}): Promise<TestZooKeeper> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-zookeeper-"));
  const port = await freePort();
  const configuration = path.join(directory, "zoo.cfg");
  const lines = [
    `dataDir=${directory}/data`,
    "clientPortAddress=127.0.0.1",
    `clientPort=${port}`,
    `tickTime=${options.tickTimeMs ?? 200}`,
    "admin.enableServer=false",
    "4lw.commands.whitelist=srvr",
  ];
  await writeFile(configuration, `${lines.join("\n")}\n`);

  let server: ChildProcess | undefined;
  const run = async () => {
    const started = spawn("java", ["-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", jar, mainClass, configuration], {
      stdio: "ignore",
    });
    server = started;
    for (;;) {
      if (started.exitCode !== null || started.signalCode !== null) throw new Error("ZooKeeper ended while it started");
      if (await serves(port)) return;
      // There is nothing to listen to but the port itself.
      await delay(50);
    }
  };
  const kill = async () => {
    const ending = server;
    server = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      ending.once("exit", resolve);
    });
    ending.kill("SIGKILL");
    await ended;
  };
  // A test that timed out never disposes of it.
  const killAtExit = () => void server?.kill("SIGKILL");
  process.once("exit", killAtExit);
  const stop = async () => {
    process.off("exit", killAtExit);
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await run();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    kill,
    restart: run,
    wipe: () => rm(path.join(directory, "data"), { recursive: true, force: true }),
    pause: () => void server?.kill("SIGSTOP"),
    resume: () => void server?.kill("SIGCONT"),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Free at this moment. The server must come back to the same port after a restart, so that it cannot choose one. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function serves(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end("srvr"));
    let answer = "";
    socket.setTimeout(2000, () => socket.destroy());
    socket.on("data", (bytes) => (answer += bytes.toString()));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer.includes("Mode: ")));
  });
}
