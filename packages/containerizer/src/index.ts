export { createComposingContainerizer } from "./composing.ts";
export { containerIdKey, isNested, rootContainerId } from "./container-id.ts";
export type * from "./containerizer.ts";
export { ContainerizerError, type ContainerizerErrorCode, isContainerizerError } from "./errors.ts";
export { idFault } from "./id-fault.ts";
export { createSandbox, sandboxPath, type SandboxRequest } from "./sandbox.ts";
export { resolveUser, type UserIdentity } from "./user.ts";
