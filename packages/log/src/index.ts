export type { Log, LogFields, LogLevel } from "./log.ts";
export { silentLog } from "./silent-log.ts";
