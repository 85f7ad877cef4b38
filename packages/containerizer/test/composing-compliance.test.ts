import { createComposingContainerizer } from "@berth/containerizer";
import { type ComplianceWorld, containerizerCompliance } from "@berth/containerizer/compliance";
import { containerIdKey } from "@berth/containerizer";
import { describe, it } from "vitest";
import { fakeConfig, FakeContainerizer } from "./fake-containerizer.ts";

function world(image: string): () => Promise<ComplianceWorld> {
  return () => {
    const traces = new Set<string>();
    const fakes = [new FakeContainerizer("first", traces), new FakeContainerizer("second", traces)];
    return Promise.resolve({
      containerizer: createComposingContainerizer(fakes),
      running: () => Promise.resolve(fakeConfig(image)),
      exiting: () => Promise.resolve(fakeConfig(image, "exit")),
      failing: () => Promise.resolve(fakeConfig(image, "fail")),
      notSupported: () => Promise.resolve(fakeConfig("third")),
      traces: (id) => Promise.resolve([...traces].filter((key) => key === containerIdKey(id))),
      cleanup: () => Promise.resolve(),
    });
  };
}

containerizerCompliance("the composing containerizer, first of two", { describe, it }, world("first"));
containerizerCompliance("the composing containerizer, second of two", { describe, it }, world("second"));

// The suite is only worth something when the fake itself passes: a fault of it would hide one of ours.
containerizerCompliance("the fake", { describe, it }, () => {
  const traces = new Set<string>();
  return Promise.resolve({
    containerizer: new FakeContainerizer("first", traces),
    running: () => Promise.resolve(fakeConfig("first")),
    exiting: () => Promise.resolve(fakeConfig("first", "exit")),
    failing: () => Promise.resolve(fakeConfig("first", "fail")),
    notSupported: () => Promise.resolve(fakeConfig("third")),
    traces: (id) => Promise.resolve([...traces].filter((key) => key === containerIdKey(id))),
    cleanup: () => Promise.resolve(),
  });
});
