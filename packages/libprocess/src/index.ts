export { createLibprocess, type LibprocessDeps } from "./create-libprocess.ts";
export type { Lookup } from "./dial.ts";
export { LibprocessError, type LibprocessErrorCode } from "./errors.ts";
export type * from "./libprocess.ts";
export { encodeRequest, type OutgoingMessage } from "./message-frame.ts";
export { defaultLimits, type LibprocessLimits, type LibprocessOptions, type LibprocessTls } from "./options.ts";
export { formatPid, nullPid, parsePid, type Pid, samePid } from "./pid.ts";
