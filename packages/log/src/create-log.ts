import { pino } from "pino";
import type { Log, LogFields, LogLevel } from "./log.ts";
import { plainFields } from "./plain-fields.ts";
import { textLine } from "./text-line.ts";

export interface LogDeps {
  /** Gets one whole line, its newline included. What it throws is swallowed: nobody is left to tell. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `json`: an object a line, with `time`, `level`, `message` and the fields. `text`: for people. */
  readonly format: "json" | "text";
}

/** A log whose level can change while it runs, for itself and all its children at once. */
export interface AdjustableLog extends Log {
  readonly level: LogLevel;
  setLevel(level: LogLevel): void;
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log that writes lines. It never throws, whatever the fields hold. */
export function createLog(deps: LogDeps, options: LogOptions): AdjustableLog {
  let level = options.level;
  const logger = pino(
    {
      // Children of pino keep the level they were born with. Ours follow, so the gate stands in front of pino.
      level: "debug",
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date(deps.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => deps.write(options.format === "json" ? line : textLine(line)) },
  );

  const emit = (at: LogLevel, message: string, bound: LogFields, fields: LogFields | undefined) => {
    if (rank[at] < rank[level]) return;
    try {
      logger[at](plainFields({ ...bound, ...fields }), message);
    } catch {
      // The output is gone (EPIPE), or the fields cannot even be copied. A log must not end what it tells about.
    }
  };

  const bind = (bound: LogFields): Log => ({
    debug: (message, fields) => emit("debug", message, bound, fields),
    info: (message, fields) => emit("info", message, bound, fields),
    warn: (message, fields) => emit("warn", message, bound, fields),
    error: (message, fields) => emit("error", message, bound, fields),
    child: (fields) => bind({ ...bound, ...fields }),
  });

  return {
    ...bind({}),
    get level() {
      return level;
    },
    setLevel(next) {
      level = next;
    },
  };
}
