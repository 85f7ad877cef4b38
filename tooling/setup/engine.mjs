import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { installDebianPackages, isDebianLike } from "./debian.mjs";
import { engineOptions } from "./engine-request.mjs";
import { say, SetupError } from "./say.mjs";

/** Everything that an engine started by the set-up owns. */
export const devDirectory = "/var/lib/berth-dev";
const defaultSocket = "/var/run/docker.sock";
const ownSocketFile = `${devDirectory}/socket`;
const pidFile = `${devDirectory}/dockerd.pid`;
const logFile = `${devDirectory}/dockerd.log`;

/** @returns {Promise<boolean>} whether an engine answers there */
export function engineAnswers(host, timeoutMs = 5000) {
  const { transport, options } = engineOptions(host);
  return new Promise((resolve) => {
    const request = transport.get({ ...options, path: "/_ping" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.setTimeout(timeoutMs, () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/**
 * The engine to work with, as a DOCKER_HOST. One that answers is used as it is; otherwise one is started here, which
 * stays up until `npm run engine:stop`.
 */
export async function ensureEngine() {
  const named = process.env.DOCKER_HOST;
  if (named !== undefined && named !== "") {
    if (await engineAnswers(named)) return named;
    throw new SetupError(`no engine answers at DOCKER_HOST=${named}: start it, or unset DOCKER_HOST.`);
  }
  for (const socket of [defaultSocket, ownSocket()]) {
    if (socket !== undefined && (await engineAnswers(`unix://${socket}`))) return `unix://${socket}`;
  }
  if (process.platform !== "linux" || !isDebianLike() || process.getuid?.() !== 0) {
    throw new SetupError(
      "no Docker engine answers: install and start Docker Engine 20.10 or later (https://docs.docker.com/engine/install), or set DOCKER_HOST; on Debian or Ubuntu as root this script does it.",
    );
  }
  await installDebianPackages(["docker.io", "docker-registry", "busybox-static", "iptables"]);
  return await startEngine();
}

function ownSocket() {
  return existsSync(ownSocketFile) ? readFileSync(ownSocketFile, "utf8").trim() : undefined;
}

async function startEngine() {
  mkdirSync(`${devDirectory}/data`, { recursive: true });
  mkdirSync(`${devDirectory}/exec`, { recursive: true });
  // A socket file that nobody answers at is free, whoever left it: dockerd replaces it.
  const socket = defaultSocket;
  if (ownDaemon() === undefined) rmSync(pidFile, { force: true });
  say(`starting an engine (data and log under ${devDirectory}, npm run engine:stop ends it)`);
  const log = openSync(logFile, "a");
  const daemon = spawn(
    "dockerd",
    [
      `--host=unix://${socket}`,
      `--data-root=${devDirectory}/data`,
      `--exec-root=${devDirectory}/exec`,
      `--pidfile=${pidFile}`,
    ],
    // A session of its own: Ctrl-C in this terminal is not meant for the engine.
    { detached: true, stdio: ["ignore", log, log] },
  );
  let ended;
  daemon.on("error", (error) => (ended = error.message));
  daemon.on("exit", (code) => (ended = `exit code ${code}`));
  writeFileSync(ownSocketFile, `${socket}\n`);
  const deadline = Date.now() + 60_000;
  while (!(await engineAnswers(`unix://${socket}`, 1000))) {
    if (ended !== undefined || Date.now() > deadline) {
      throw new SetupError(`the engine did not start (${ended ?? "no answer within 60 s"}): see ${logFile}.`);
    }
    await delay(200);
  }
  daemon.unref();
  return `unix://${socket}`;
}

/** The pid of the dockerd that the set-up started, if it still is one: a pid file may be older than its number's new owner. */
function ownDaemon() {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, "utf8"));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return command.includes(`--pidfile=${pidFile}`) ? pid : undefined;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Ends the engine that the set-up started, and no other. */
export async function stopEngine() {
  const pid = ownDaemon();
  if (pid === undefined) {
    say("no engine of ours is running");
    return;
  }
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + 60_000;
  while (ownDaemon() === pid) {
    if (Date.now() > deadline) throw new SetupError(`the engine (pid ${pid}) did not end within 60 s: see ${logFile}.`);
    await delay(100);
  }
  say("the engine has ended");
}
