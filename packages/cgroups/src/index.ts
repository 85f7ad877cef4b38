export type * from "./cgroup-reader.ts";
