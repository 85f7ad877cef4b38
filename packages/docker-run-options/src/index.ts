export type * from "./run-options.ts";
