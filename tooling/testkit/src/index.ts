export { engineRequest, type RawAnswer } from "./engine-request.ts";
export { hasZooKeeper, startZooKeeper, type TestZooKeeper } from "./zookeeper.ts";
export { startRegistry, type RegistryRequest, type TestRegistry } from "./registry.ts";
export { findEngine, type RealEngine } from "./require-engine.ts";
export { busyboxBytes, ensureTestImage, pushImage, type TestImageOptions } from "./test-image.ts";
export type { EventDisturbance, FakeEvent, StampedEvent } from "./fake-engine/event-bus.ts";
export type { ContainerBehaviour, FakeContainer, FakeCreateBody } from "./fake-engine/fake-container.ts";
export type { FakeImageOptions, PullableImage, PullStep } from "./fake-engine/fake-images.ts";
export type { FaultAction, FaultHandle, FaultRule } from "./fake-engine/faults.ts";
export { outputFrame, type OutputPiece, type OutputStream } from "./fake-engine/output-frame.ts";
export type { CallPattern, EngineCall } from "./fake-engine/requests.ts";
export {
  startFakeEngine,
  type FakeEndpoint,
  type FakeEngine,
  type FakeEngineOptions,
} from "./fake-engine/start-fake-engine.ts";
export { startRecordingProxy, type RecordingProxy, type RecordingProxyOptions } from "./recording-proxy.ts";
export { recordedAnswer, recordedMessages, type RecordedMessage, type RecordedScenario } from "./recorded.ts";
export { unrecorded, type ExecutorMessageIds } from "./unrecorded.ts";
