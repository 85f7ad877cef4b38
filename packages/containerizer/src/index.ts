export type * from "./containerizer.ts";
export { ContainerizerError, type ContainerizerErrorCode } from "./errors.ts";
