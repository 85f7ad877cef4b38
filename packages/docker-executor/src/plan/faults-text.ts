import type { PlanFault } from "../docker-executor.ts";

/** All faults in one line, for a status message. */
export function faultsText(faults: readonly PlanFault[]): string {
  return faults.map(({ path, message }) => `${path}: ${message}`).join("; ");
}
