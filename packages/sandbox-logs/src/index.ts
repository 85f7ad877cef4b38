export type * from "./sandbox-logs.ts";
export { createSandboxLogs, type LogEngine, type SandboxLogsOptions } from "./create-sandbox-logs.ts";
export type { EngineLogOptions } from "./engine-log-config.ts";
export { SandboxLogsError, type SandboxLogsErrorCode } from "./errors.ts";
