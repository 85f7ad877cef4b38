import type { FailedCall } from "./connection-error.ts";
import { EngineError } from "./errors.ts";

/** The object in an answer's text, or `protocol` when it is none or lacks one of the fields that its readers rely on. */
export function objectIn<T extends object>(text: string, fields: readonly (keyof T & string)[], failed: FailedCall): T {
  const value = parsed(text, failed);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw fault("is not an object", text, failed);
  const missing = fields.find((field) => !(field in value));
  if (missing !== undefined) throw fault(`has no ${missing}`, text, failed);
  return value as T;
}

/** The array in an answer's text. */
export function arrayIn<T>(text: string, failed: FailedCall): T[] {
  const value = parsed(text, failed);
  if (!Array.isArray(value)) throw fault("is not an array", text, failed);
  return value as T[];
}

function parsed(text: string, failed: FailedCall): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fault("is not JSON", text, failed, cause);
  }
}

function fault(what: string, text: string, failed: FailedCall, cause?: unknown): EngineError {
  return new EngineError("protocol", `${failed.call}: the answer ${what}: ${text.slice(0, 200)}`, failed, { cause });
}
