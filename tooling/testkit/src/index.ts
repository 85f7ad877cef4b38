export { engineRequest, type RawAnswer } from "./engine-request.ts";
export { startRegistry, type RegistryRequest, type TestRegistry } from "./registry.ts";
export { findEngine, type RealEngine } from "./require-engine.ts";
export { busyboxBytes, ensureTestImage, pushImage, type TestImageOptions } from "./test-image.ts";
