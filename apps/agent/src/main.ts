import process from "node:process";
import { catchEarlySignals } from "./early-signals.ts";

// Before anything else is loaded.
const { onSignal } = catchEarlySignals();

const { runProcess } = await import("./run-process.ts");
await runProcess(process.argv.slice(2), onSignal);
