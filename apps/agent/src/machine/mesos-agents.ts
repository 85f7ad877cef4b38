import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** A mesos-agent on this machine that takes our containers for orphans of its own, and ends them when it starts. */
export interface HostileAgent {
  readonly pid: number;
  readonly name: string;
}

/** Looks through /proc. What cannot be read is not there. */
export async function hostileAgents(proc = "/proc"): Promise<readonly HostileAgent[]> {
  const entries = await readdir(proc).catch(() => []);
  const found: HostileAgent[] = [];
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    const read = (file: string) => readFile(path.join(proc, entry, file), "utf8").catch(() => "");
    const name = (await read("comm")).trim();
    if (!/^(lt-)?mesos-(agent|slave)$/.test(name)) continue;
    const [commandLine, environment] = await Promise.all([read("cmdline"), read("environ")]);
    if (killsOrphans(commandLine.split("\0"), environment.split("\0"))) found.push({ pid: Number(entry), name });
  }
  return found;
}

/** By its own flags: it runs Docker containers, and ends those that it does not know. */
export function killsOrphans(argv: readonly string[], environment: readonly string[]): boolean {
  const variables = new Map(
    environment.map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.toUpperCase(), value.join("=")] as const;
    }),
  );
  const flag = (name: string) => {
    const given = argv.find((argument) => argument.startsWith(`--${name}=`));
    return given?.slice(`--${name}=`.length) ?? variables.get(`MESOS_${name.toUpperCase()}`);
  };
  const docker = flag("containerizers")?.split(",").includes("docker") ?? false;
  const spared =
    argv.includes("--no-docker_kill_orphans") || ["false", "0"].includes(flag("docker_kill_orphans") ?? "true");
  return docker && !spared;
}
