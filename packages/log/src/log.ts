/** What a log line carries beside its message. Values become JSON; no secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where packages say what happened. The message is a constant sentence; what varies stands in the fields. Never throws. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with these fields in every line, `{ component: "libprocess" }`. */
  child(fields: LogFields): Log;
}
