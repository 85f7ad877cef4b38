import { type FakeEngine, type FakeEngineOptions, startFakeEngine } from "@berth/testkit";
import { type Bench, type BenchOptions, createBench } from "./bench.ts";

export interface FakeBench extends Bench {
  readonly engine: FakeEngine;
  /** How often a call was made. */
  count(pattern: RegExp): number;
}

const fakeImage = "berth-test/busybox:1";

export async function createFakeBench(
  engineOptions: FakeEngineOptions = {},
  options: BenchOptions = {},
): Promise<FakeBench> {
  const engine = await startFakeEngine({ images: { [fakeImage]: {} }, ...engineOptions });
  const bench = await createBench(engine.endpoint, { strayWatchMs: 5_000, ...options });
  return {
    ...bench,
    engine,
    count: (pattern) => engine.calls.filter((call) => pattern.test(`${call.method} ${call.path}`)).length,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await engine.stop();
    },
  };
}
