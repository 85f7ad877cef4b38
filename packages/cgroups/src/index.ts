export type * from "./cgroup-reader.ts";
export { createCgroupReader, type CgroupReaderOptions } from "./create-cgroup-reader.ts";
