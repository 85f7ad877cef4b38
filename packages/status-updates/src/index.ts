export type * from "./status-updates.ts";
