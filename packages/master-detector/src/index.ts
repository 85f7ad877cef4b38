export { createMasterDetector, type MasterDetectorDeps, type MasterDetectorOptions } from "./create-master-detector.ts";
export { MasterDetectorError, type MasterDetectorErrorCode } from "./errors.ts";
export type { DetectedMaster, MasterDetector, MasterDetectorListener } from "./master-detector.ts";
export type { ResolveHost } from "./resolve-host.ts";
export { systemTimers, type Timers } from "./timers.ts";
