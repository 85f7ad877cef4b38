import process from "node:process";
import { cliVersion } from "./version.ts";

const argv = process.argv.slice(2);

// The commonest question of scripts, answered before anything else is loaded.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${cliVersion()}\n`);
} else if (argv[0] === "agent") {
  const { runAgentCommand } = await import("./commands/agent.ts");
  await runAgentCommand(argv.slice(1));
} else {
  const { runProcess } = await import("./run-process.ts");
  await runProcess(argv);
}
