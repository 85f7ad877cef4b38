import { spawn } from "node:child_process";
import { SetupError } from "./say.mjs";

/**
 * Runs a command of the set-up itself: its stdout goes to our stderr. Rejects with SetupError when it fails.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean}} [options] quiet: its output is shown only when it fails
 */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", options.quiet ? "pipe" : 2, options.quiet ? "pipe" : 2],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new SetupError(`cannot run ${file}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new SetupError(`${file} ${args.join(" ")} failed (${signal ?? code})\n${output.trim()}`));
    });
  });
}

/**
 * Runs the command that the person asked for: our stdin, stdout and stderr, and our exit code is its exit code.
 * Signals from a terminal reach the whole foreground group; those sent to this process alone are passed on.
 */
export function become(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: "inherit" });
    const forward = (signal) => child.kill(signal);
    // A Ctrl-C has reached the child already through the terminal: passing it on would count as a second one.
    process.on("SIGINT", () => {
      if (!process.stdin.isTTY) forward("SIGINT");
    });
    process.on("SIGTERM", () => forward("SIGTERM"));
    child.on("error", (error) => reject(new SetupError(`cannot run ${file}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (signal !== null) process.kill(process.pid, "SIGKILL");
      resolve(code ?? 1);
    });
  });
}
