export type { BackoffSettings } from "./backoff.ts";
export { createMasterSession, type MasterSessionDeps, type MasterSessionOptions } from "./create-master-session.ts";
export type { Credential } from "./credential.ts";
export type { MasterSession, RegistrationSource, SessionListener, SessionState } from "./master-session.ts";
