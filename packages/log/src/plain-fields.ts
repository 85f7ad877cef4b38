import type { LogFields } from "./log.ts";

/** An error as a line shows it; `cause` is kept to the end of the chain, or to `maximumDepth`. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

const maximumDepth = 6;
const reserved: ReadonlySet<string> = new Set(["level", "time", "message"]);

/** Fields that JSON can hold without loss of what matters: errors with code and cause, bigints as text, bytes as their number. */
export function plainFields(fields: LogFields): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    plain[reserved.has(key) ? `${key}_` : key] = plainValue(value, 0);
  }
  return plain;
}

function plainValue(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    if (depth >= maximumDepth) return "[deeper]";
    if (value instanceof Error) return plainError(value, depth);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Date || value instanceof URL) return value.toJSON();
    if (Array.isArray(value)) return value.map((each) => plainValue(each, depth + 1));
    if (value instanceof Map || value instanceof Set) return plainValue([...value], depth + 1);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(each, depth + 1)]));
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : "threw"}]`;
  }
}

function plainError(error: Error, depth: number): PlainError {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(code !== undefined && { code: plainValue(code, depth + 1) }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: plainValue(error.cause, depth + 1) }),
  };
}
