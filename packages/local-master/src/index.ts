export type * from "./local-master.ts";
