import inspector from "node:inspector";
import process from "node:process";

type SignalListener = (signal: NodeJS.Signals) => void;

/**
 * Listens for the signals of an agent, and keeps those that come before there is one. Node opens its inspector on SIGUSR1 as long as nobody
 * listens, so this is to be called before any other module is loaded. What comes even before that has opened it: it is closed
 * again, and counts as the signal. (With `--disable-sigusr1` the signal would never reach us at all.)
 */
export function catchEarlySignals(): { readonly onSignal: (listener: SignalListener) => void } {
  const early: NodeJS.Signals[] = [];
  let deliver: SignalListener = (signal) => void early.push(signal);
  for (const signal of ["SIGUSR1", "SIGTERM", "SIGINT"] as const) process.on(signal, () => deliver(signal));
  return {
    onSignal: (listener) => {
      if (inspectorWasOpened()) {
        inspector.close();
        early.push("SIGUSR1");
      }
      deliver = listener;
      for (const signal of early.splice(0)) listener(signal);
    },
  };
}

/** By a signal, and not by somebody who wants to look into the agent. */
function inspectorWasOpened(): boolean {
  const asked = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)];
  return inspector.url() !== undefined && !asked.some((option) => option.startsWith("--inspect"));
}
