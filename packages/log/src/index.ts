export { type AdjustableLog, createLog, type LogDeps, type LogOptions } from "./create-log.ts";
export type { Log, LogFields, LogLevel } from "./log.ts";
export { silentLog } from "./silent-log.ts";
