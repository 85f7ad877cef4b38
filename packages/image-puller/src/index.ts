export type * from "./image-puller.ts";
