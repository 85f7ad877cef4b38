export type * from "./libprocess.ts";
export { formatPid, nullPid, parsePid, type Pid, samePid } from "./pid.ts";
