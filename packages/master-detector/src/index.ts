export type * from "./master-detector.ts";
