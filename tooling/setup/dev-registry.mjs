import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { installDebianPackages, isDebianLike } from "./debian.mjs";
import { devDirectory } from "./engine.mjs";
import { engineRequest, httpStatus } from "./engine-request.mjs";
import { say, SetupError } from "./say.mjs";

const address = "127.0.0.1:5055";
const image = "berth/hello";
const tag = "1";
const pidFile = `${devDirectory}/registry.pid`;
const registryContainer = "berth-dev-registry";
const applets = ["sh", "cat", "echo", "httpd", "wget", "ip", "awk", "sleep", "kill", "ls", "env"];

/**
 * The image of examples/hello in a registry on 127.0.0.1, so that the example really pulls: built from a static busybox and
 * nothing else, pushed when it is not there.
 */
export async function ensureExampleImage(host) {
  if ((await httpStatus(`http://${address}/v2/`)) !== 200) await startRegistry(host);
  if ((await httpStatus(`http://${address}/v2/${image}/manifests/${tag}`)) === 200) return;
  say(`building ${address}/${image}:${tag}`);
  const root = busyboxRoot();
  try {
    const tar = spawn("tar", ["-C", root, "--numeric-owner", "--owner=0", "--group=0", "-c", "."], {
      stdio: ["ignore", "pipe", 2],
    });
    const repo = encodeURIComponent(`${address}/${image}`);
    const changes = ["ENV PATH=/bin", 'CMD ["sh"]'].map((line) => `&changes=${encodeURIComponent(line)}`).join("");
    await expectDone(
      engineRequest(host, "POST", `/images/create?fromSrc=-&repo=${repo}&tag=${tag}${changes}`, tar.stdout),
    );
    const auth = Buffer.from("{}").toString("base64url");
    await expectDone(
      engineRequest(host, "POST", `/images/${address}/${image}/push?tag=${tag}`, undefined, {
        "x-registry-auth": auth,
      }),
    );
    // Out of the engine again: the example is to pull it.
    await engineRequest(host, "DELETE", `/images/${address}/${image}:${tag}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function startRegistry(host) {
  if (process.platform === "linux" && isDebianLike() && process.getuid?.() === 0) {
    await installDebianPackages(["docker-registry", "busybox-static"]);
    mkdirSync(`${devDirectory}/registry`, { recursive: true });
    const config = `${devDirectory}/registry.yml`;
    writeFileSync(
      config,
      [
        "version: 0.1",
        "log: { level: warn, accesslog: { disabled: true } }",
        `storage: { filesystem: { rootdirectory: ${devDirectory}/registry } }`,
        `http: { addr: "${address}" }`,
        "",
      ].join("\n"),
    );
    const log = openSync(`${devDirectory}/registry.log`, "a");
    const child = spawn("docker-registry", ["serve", config], { detached: true, stdio: ["ignore", log, log] });
    child.unref();
    writeFileSync(pidFile, `${child.pid}\n`);
  } else {
    // Elsewhere the engine itself runs the registry, from its public image.
    await expectDone(engineRequest(host, "POST", "/images/create?fromImage=registry&tag=2"));
    await engineRequest(host, "DELETE", `/containers/${registryContainer}?force=1`);
    const body = {
      Image: "registry:2",
      HostConfig: { PortBindings: { "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: "5055" }] } },
    };
    await expectDone(engineRequest(host, "POST", `/containers/create?name=${registryContainer}`, body));
    await expectDone(engineRequest(host, "POST", `/containers/${registryContainer}/start`));
  }
  const deadline = Date.now() + 30_000;
  while ((await httpStatus(`http://${address}/v2/`)) !== 200) {
    if (Date.now() > deadline)
      throw new SetupError(`no registry answers at ${address}: see ${devDirectory}/registry.log.`);
    await delay(100);
  }
}

/** Ends the registry that the set-up started, and no other process that may have its number by now. */
export function stopRegistry() {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8"));
  rmSync(pidFile);
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (command.includes(`${devDirectory}/registry.yml`)) process.kill(pid, "SIGTERM");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function busyboxRoot() {
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((file) => existsSync(file));
  if (busybox === undefined) {
    throw new SetupError("the example needs a static busybox at /bin/busybox: install busybox-static.");
  }
  const root = mkdtempSync(path.join(tmpdir(), "berth-hello-"));
  mkdirSync(path.join(root, "bin"));
  mkdirSync(path.join(root, "tmp"));
  copyFileSync(busybox, path.join(root, "bin/busybox"));
  chmodSync(path.join(root, "bin/busybox"), 0o755);
  for (const applet of applets) symlinkSync("busybox", path.join(root, "bin", applet));
  return root;
}

/** The engine reports the failure of a build, a pull or a push in a line of a 200. */
async function expectDone(pending) {
  const answer = await pending;
  if (answer.status >= 300 || answer.text.includes('"error"'))
    throw new SetupError(`the engine says: ${answer.text.trim()}`);
}
