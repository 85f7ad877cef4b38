import type { ParseResult } from "../../src/index.ts";
import { formatFault } from "../../src/index.ts";

/** The value of a result that a test counts on. */
export function valueOf<T>(result: ParseResult<T>): T {
  if (!result.ok) throw new Error(result.faults.map(formatFault).join("; "));
  return result.value;
}

/** The faults of a result that a test counts on. */
export function faultsOf<T>(result: ParseResult<T>): readonly string[] {
  if (result.ok) throw new Error("expected faults, got a message");
  return result.faults.map(formatFault);
}
