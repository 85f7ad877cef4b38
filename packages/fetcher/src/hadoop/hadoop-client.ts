import path from "node:path";
import { FetchError } from "../errors.ts";
import { findProgram } from "../find-program.ts";
import { type Identity, type RunResult, startAs } from "../run-as.ts";

export interface HadoopDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hadoopHome: string | undefined;
}

/** The `hadoop` client of the host: HADOOP_HOME's, else the one in PATH. One JVM a call, run as the task's user. */
export class HadoopClient {
  readonly #deps: HadoopDeps;

  constructor(deps: HadoopDeps) {
    this.#deps = deps;
  }

  /** Copies to `name` in the folder `cwd`, which that user can write. */
  async copyToLocal(
    uri: string,
    cwd: string,
    name: string,
    runAs: Identity | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const result = await this.#run(["fs", "-copyToLocal", uri, path.join(cwd, name)], runAs, signal);
    if (result.exitCode === 0) return;
    const said = lastLines(result.stderr);
    const missing = /no such file or directory/i.test(said);
    const full = /no space left|quota/i.test(said);
    throw new FetchError(
      missing ? "not-found" : full ? "no-space" : "client-failed",
      `HDFS copyToLocal failed: ${said === "" ? ending(result) : said}`,
    );
  }

  /** Size and date of modification in one word; undefined when the client cannot tell. */
  async version(uri: string, runAs: Identity | undefined, signal: AbortSignal): Promise<string | undefined> {
    const result = await this.#run(["fs", "-stat", "%b-%Y", uri], runAs, signal);
    const said = result.stdout.trim();
    return result.exitCode === 0 && /^\d+-\d+$/.test(said) ? said : undefined;
  }

  async #run(
    args: readonly string[],
    runAs: Identity | undefined,
    signal: AbortSignal,
  ): Promise<RunResult & { stdout: string }> {
    const { environment } = this.#deps;
    const home = this.#deps.hadoopHome ?? environment["HADOOP_HOME"];
    const program =
      home !== undefined && home !== ""
        ? path.join(home, "bin", "hadoop")
        : await findProgram("hadoop", environment["PATH"]);
    if (program === undefined)
      throw new FetchError(
        "unsupported",
        "Failed to create HDFS client: there is no hadoop in PATH and no HADOOP_HOME",
      );
    const { child, ended } = startAs({
      program,
      args,
      environment: { ...ownNamesRemoved(environment), ...(home !== undefined && { HADOOP_HOME: home }) },
      runAs,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout = (stdout + chunk.toString()).slice(-4096);
    });
    const result = await ended.catch((cause: unknown) => {
      throw new FetchError("unsupported", `Failed to create HDFS client: '${program}' cannot be run`, { cause });
    });
    signal.throwIfAborted();
    return { ...result, stdout };
  }
}

/** What configures the agent, secrets included, is nothing for a task's client. */
function ownNamesRemoved(environment: HadoopDeps["environment"]): HadoopDeps["environment"] {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(LIBPROCESS|MESOS|BERTH)_/.test(name)));
}

function lastLines(stderr: string): string {
  return stderr.split("\n").slice(-3).join("; ");
}

function ending(result: RunResult): string {
  return result.exitSignal === undefined
    ? `exited with status ${result.exitCode ?? "unknown"}`
    : `killed by ${result.exitSignal}`;
}
