/** A line of JSON as people read it: `2026-01-02T03:04:05.678Z W libprocess  message key=value`. */
export function textLine(json: string): string {
  const { time, level, message, component, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const letter = String(level).charAt(0).toUpperCase();
  const source = component === undefined ? "" : ` ${inline(component)}`;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${inline(value)}`);
  return `${String(time)} ${letter}${source}  ${String(message)}${rest.join("")}\n`;
}

function inline(value: unknown): string {
  if (isPlainError(value)) return JSON.stringify(errorText(value));
  if (typeof value !== "string") return JSON.stringify(value) ?? "undefined";
  // Quotes only where a reader, or grep, could not tell where the value ends. Control characters are always escaped.
  return /^[\x21\x23-\x3c\x3e-\x7e]+$/.test(value) ? value : JSON.stringify(value);
}

/** `EngineError unreachable: no answer <- Error ECONNREFUSED: connect refused`. The stack is in the JSON form only. */
function errorText(error: Record<string, unknown>): string {
  const code = error["code"] === undefined ? "" : ` ${inline(error["code"])}`;
  const own = `${String(error["name"])}${code}: ${String(error["message"])}`;
  const { cause } = error;
  if (cause === undefined) return own;
  return `${own} <- ${isPlainError(cause) ? errorText(cause) : (JSON.stringify(cause) ?? "undefined")}`;
}

function isPlainError(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && "stack" in value && "message" in value && "name" in value;
}
