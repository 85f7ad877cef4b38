import { spawn } from "node:child_process";

/** What `docker-credential-<name> get` gave. */
export type HelperAnswer =
  | { readonly kind: "found"; readonly username: string; readonly secret: string }
  /** The helper works and has nothing for this registry. */
  | { readonly kind: "none" }
  /** `why` is ours: what a helper prints may hold secrets. */
  | { readonly kind: "failed"; readonly why: string };

export interface HelperOptions {
  /** The whole environment of the helper; its PATH is where the helper is looked for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const maxAnswerBytes = 64 * 1024;
/** What is still in the pipe when the helper has ended is read in no time. */
const drainMs = 500;

/** Runs a helper of the docker-credential-helpers protocol: the registry on its stdin, JSON on its stdout. Never rejects. */
export function askCredentialHelper(name: string, server: string, options: HelperOptions): Promise<HelperAnswer> {
  const program = `docker-credential-${name}`;
  return new Promise((resolve) => {
    const failed = (why: string) => resolve({ kind: "failed", why: `${program} ${why}` });
    const child = spawn(program, ["get"], {
      env: { ...options.environment },
      stdio: ["pipe", "pipe", "ignore"],
      cwd: "/",
      signal: AbortSignal.any([AbortSignal.timeout(options.timeoutMs), ...(options.signal ? [options.signal] : [])]),
      killSignal: "SIGKILL",
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") failed("is not installed");
      else if (error.code === "ABORT_ERR") failed(`gave no answer within ${options.timeoutMs} ms`);
      else failed(`cannot be run (${error.code ?? "unknown"})`);
    });
    // A helper that exits before it reads is no fault of the pipe.
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxAnswerBytes) chunks.push(chunk);
      else child.kill("SIGKILL");
    });
    child.once("exit", () => {
      // A process that it leaves behind (an agent that keeps keys) may hold the pipe open for ever.
      const timer = setTimeout(() => child.stdout.destroy(), drainMs);
      child.once("close", () => clearTimeout(timer));
    });
    child.on("close", (code, killSignal) => {
      const text = Buffer.concat(chunks).toString().trim();
      if (bytes > maxAnswerBytes) failed(`wrote over ${maxAnswerBytes} bytes`);
      else if (code !== 0 && /credentials not found|no credentials server url/i.test(text)) resolve({ kind: "none" });
      else if (code !== 0) failed(`ended with ${killSignal ?? `exit code ${code}`}`);
      else resolve(readAnswer(text) ?? { kind: "failed", why: `${program} answered something else than credentials` });
    });
    child.stdin.end(server);
  });
}

function readAnswer(text: string): HelperAnswer | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { Username: username, Secret: secret } = parsed as { Username?: unknown; Secret?: unknown };
  if (typeof username !== "string" || typeof secret !== "string") return undefined;
  return username === "" && secret === "" ? { kind: "none" } : { kind: "found", username, secret };
}
