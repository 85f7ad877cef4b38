import process from "node:process";

// Node opens its inspector on SIGUSR1 as long as nobody listens: so this comes before any other module is loaded (the first line of
// bin/berth-agent.js closes the time before). What comes in early is kept.
const early: NodeJS.Signals[] = [];
let deliver = (signal: NodeJS.Signals): void => void early.push(signal);
for (const signal of ["SIGUSR1", "SIGTERM", "SIGINT"] as const) process.on(signal, () => deliver(signal));

const { runProcess } = await import("./run-process.ts");
await runProcess(process.argv.slice(2), (listener) => {
  deliver = listener;
  for (const signal of early.splice(0)) listener(signal);
});
