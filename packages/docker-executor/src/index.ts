export type * from "./docker-executor.ts";
