import process from "node:process";

/** `berth agent`: this process becomes the agent, with the flags of berth-agent. */
export async function runAgentCommand(argv: readonly string[]): Promise<never> {
  // Before the agent is loaded: Node opens its inspector on SIGUSR1 as long as nobody listens. What comes early is kept.
  const early: NodeJS.Signals[] = [];
  let deliver = (signal: NodeJS.Signals): void => void early.push(signal);
  for (const signal of ["SIGUSR1", "SIGTERM", "SIGINT"] as const) process.on(signal, () => deliver(signal));
  const { runAgentProcess } = await import("@berth/agent");
  return runAgentProcess(argv, (listener) => {
    deliver = listener;
    for (const signal of early.splice(0)) listener(signal);
  });
}
