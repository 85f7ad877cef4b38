export type * from "./create-body.ts";
export type * from "./engine-client.ts";
export type * from "./inspect.ts";
export { type EngineEndpoint, endpointText } from "./endpoint.ts";
export { EngineError, type EngineErrorCode, isEngineError } from "./errors.ts";
