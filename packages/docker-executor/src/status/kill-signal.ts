import { constants } from "node:os";

/** The engine gives 128 + n for a process that signal n ended: `SIGKILL` for 137. */
export function signalOf(exitCode: number | undefined): string | undefined {
  if (exitCode === undefined || exitCode <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}
