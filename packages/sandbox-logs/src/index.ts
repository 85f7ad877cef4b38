export type * from "./sandbox-logs.ts";
