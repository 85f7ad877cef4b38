export type * from "./task-runner.ts";
