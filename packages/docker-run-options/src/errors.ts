import type { RunOptionFault } from "./run-options.ts";

/**
 * Why one option cannot be taken. Thrown by the readers of values and caught in one place, `parseRunOptions`, which turns it
 * into a `RunOptionFault`; it never leaves this package. The message is completed with the option's name there.
 */
export class RunOptionError extends Error {
  override readonly name = "RunOptionError";
  readonly code: RunOptionFault["code"];
  /** Full names of the options at odds, where more than one is; the fault is reported at the last of them. */
  readonly involved: readonly string[];

  constructor(code: RunOptionFault["code"], message: string, involved: readonly string[] = []) {
    super(message);
    this.code = code;
    this.involved = involved;
  }
}

export function invalid(message: string): RunOptionError {
  return new RunOptionError("invalid", message);
}

export function refused(message: string): RunOptionError {
  return new RunOptionError("refused", message);
}

export function conflict(message: string, involved: readonly string[]): RunOptionError {
  return new RunOptionError("conflict", message, involved);
}
