export { createLocalMaster, type LocalMasterDeps } from "./create-local-master.ts";
export type * from "./local-master.ts";
export type { Timers } from "./timers.ts";
