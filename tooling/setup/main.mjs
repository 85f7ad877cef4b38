// What stands behind npm start, npm test and the other root scripts: sets up what is missing, then becomes the command.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { become } from "./command.mjs";
import { installDebianPackages, isDebianLike } from "./debian.mjs";
import { ensureExampleImage, stopRegistry } from "./dev-registry.mjs";
import { ensureEngine, stopEngine } from "./engine.mjs";
import { installDependencies } from "./install.mjs";
import { say, SetupError } from "./say.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const bin = path.join(root, "node_modules/.bin");
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

/** Real servers that tests talk to, from Debian: they are no part of what `npm start` needs. */
const testPackages = [
  "docker-registry",
  "busybox-static",
  "vsftpd",
  "curl",
  "openssl",
  "xz-utils",
  "bzip2",
  "zip",
  "zookeeper",
];

/** Where the package puts the server that tests start. */
const zooKeeperJar = "/usr/share/java/zookeeper.jar";

async function prepare() {
  await installDependencies(root);
  await build(root, env);
}

const commands = {
  async build() {
    await prepare();
    return 0;
  },
  async start(args) {
    await prepare();
    const host = await ensureEngine();
    const example = args.length === 0;
    if (example) await ensureExampleImage(host);
    const asked = example ? ["run", path.join(root, "examples/hello/task.json")] : args;
    return await become(path.join(bin, "berth"), asked, { env: { ...env, DOCKER_HOST: host } });
  },
  async test(args) {
    await prepare();
    const host = await ensureEngine();
    await installTestPackages();
    const testEnv = { ...env, DOCKER_HOST: host, REQUIRE_DOCKER: "1", ...(!process.stdout.isTTY && { NO_COLOR: "1" }) };
    return await become(path.join(bin, "vitest"), ["run", ...args], { cwd: root, env: testEnv });
  },
  async check() {
    await prepare();
    return await become(path.join(bin, "node"), ["tooling/checks/src/main.ts"], { cwd: root, env });
  },
  async bench(args) {
    await prepare();
    const host = await ensureEngine();
    await installTestPackages();
    const benchEnv = { ...env, DOCKER_HOST: host };
    return await become(path.join(bin, "node"), ["--expose-gc", "tooling/bench/src/main.ts", ...args], {
      cwd: root,
      env: benchEnv,
    });
  },
  async "engine-start"() {
    say(`an engine answers at ${await ensureEngine()}`);
    return 0;
  },
  async "engine-stop"() {
    stopRegistry();
    await stopEngine();
    return 0;
  },
};

async function installTestPackages() {
  if (process.platform === "linux" && isDebianLike() && process.getuid?.() === 0) {
    await installDebianPackages(testPackages);
    return;
  }
  const missing = ["docker-registry", "vsftpd", "curl", "openssl", "java"].filter((tool) => !onPath(tool));
  if (!existsSync(zooKeeperJar)) missing.push("zookeeper");
  if (missing.length > 0) throw new SetupError(`the tests need ${missing.join(", ")}: install them and try again.`);
}

function onPath(tool) {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore", env }).status === 0;
}

const [name = "start", ...args] = process.argv.slice(2);
const command = commands[name];
try {
  if (command === undefined)
    throw new SetupError(`unknown command ${name}: one of ${Object.keys(commands).join(", ")}.`);
  // process.exit, since a started engine's handles would keep this process.
  process.exit(await command(args));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}
