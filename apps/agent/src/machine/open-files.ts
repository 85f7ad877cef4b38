import { readFile } from "node:fs/promises";
import type { LibprocessLimits } from "@berth/libprocess";

/** How many files this process may have open at once; undefined where nobody says, Infinity without a limit. Node has raised it to the hard one. */
export async function openFilesLimit(limitsFile = "/proc/self/limits"): Promise<number | undefined> {
  const text = await readFile(limitsFile, "utf8").catch(() => "");
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
  return soft === undefined ? undefined : soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** What libprocess takes unless it is told otherwise; more than that nobody needs. */
const mostConnections = 8192;

/**
 * Incoming connections of each of our ports, so that all of them leave half of the open files to the tasks: to their logs, and to the
 * connections to the engine. One address may have three quarters.
 */
export function connectionLimits(
  openFiles: number | undefined,
  ports: number,
): Pick<LibprocessLimits, "connections" | "connectionsPerAddress"> {
  const connections = Math.min(mostConnections, Math.floor((openFiles ?? Number.POSITIVE_INFINITY) / 2 / ports));
  return { connections, connectionsPerAddress: Math.ceil((connections * 3) / 4) };
}
