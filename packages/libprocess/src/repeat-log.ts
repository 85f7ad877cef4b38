import type { Log, LogFields } from "@berth/log";

const quietMs = 60_000;
const maximumSubjects = 64;

/** Says a kind of trouble once a minute, with the number of times that it was not said. */
export interface RepeatLog {
  /** Kinds are told apart by `message`, and by `subject` as long as there are few. */
  warn(message: string, subject: string, fields?: LogFields): void;
  close(): void;
}

/** Whoever can make us log must not be able to fill the disk. */
export function createRepeatLog(log: Log): RepeatLog {
  const kinds = new Map<string, { repeated: number; readonly timer: NodeJS.Timeout }>();
  const quiet = (key: string, message: string, fields: LogFields) => {
    const timer = setTimeout(() => {
      const { repeated = 0 } = kinds.get(key) ?? {};
      kinds.delete(key);
      if (repeated === 0) return;
      log.warn(message, { ...fields, repeated });
      quiet(key, message, fields);
    }, quietMs);
    timer.unref();
    kinds.set(key, { repeated: 0, timer });
  };
  return {
    warn(message, subject, fields = {}) {
      const own = `${message}\0${subject}`;
      const key = kinds.has(own) || kinds.size < maximumSubjects ? own : message;
      const known = kinds.get(key);
      if (known !== undefined) {
        known.repeated += 1;
        return;
      }
      log.warn(message, fields);
      quiet(key, message, fields);
    },
    close() {
      for (const { timer } of kinds.values()) clearTimeout(timer);
      kinds.clear();
    },
  };
}
