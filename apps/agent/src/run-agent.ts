import type { AgentIo } from "./agent-io.ts";

/** The agent from its arguments to its end. `argv` without the program's name. Resolves with the exit code; never rejects. */
export async function runAgent(argv: readonly string[], io: AgentIo): Promise<number> {
  void argv;
  void io;
  return 1;
}
