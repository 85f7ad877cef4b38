import type { PlanFault } from "../docker-executor.ts";

/** Where the parts of the mapping put what they find, so that all faults come out at once. */
export interface FaultSink {
  fault(path: string, message: string): void;
  warn(message: string): void;
}

export interface CollectingSink extends FaultSink {
  readonly faults: readonly PlanFault[];
  readonly warnings: readonly string[];
}

export function createFaultSink(): CollectingSink {
  const faults: PlanFault[] = [];
  const warnings: string[] = [];
  return {
    faults,
    warnings,
    fault: (path, message) => void faults.push({ path, message }),
    warn: (message) => void warnings.push(message),
  };
}
