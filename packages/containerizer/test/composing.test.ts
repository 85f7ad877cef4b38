import { createComposingContainerizer } from "@berth/containerizer";
import { describe, expect, it } from "vitest";
import { fakeConfig, FakeContainerizer } from "./fake-containerizer.ts";

const id = { value: "c" };

function pair() {
  const world = new Set<string>();
  const first = new FakeContainerizer("first", world);
  const second = new FakeContainerizer("second", world);
  return { first, second, composing: createComposingContainerizer([first, second]) };
}

describe("the composing containerizer", () => {
  it("asks in the order given, not in that of the alphabet", async () => {
    const world = new Set<string>();
    const asked: string[] = [];
    const list = ["mesos", "docker"].map((name) => new FakeContainerizer(name, world));
    for (const each of list) each.beforeAnswer = () => Promise.resolve(void asked.push(each.name));
    await createComposingContainerizer(list).launch(id, fakeConfig("neither"));
    expect(asked).toEqual(["mesos", "docker"]);
  });

  it("destroy between two tries fails the launch, and the second is never asked", async () => {
    const { first, second, composing } = pair();
    let destroying: Promise<unknown> | undefined;
    first.beforeAnswer = () => {
      destroying = composing.destroy(id);
      return Promise.resolve();
    };
    await expect(composing.launch(id, fakeConfig("second"))).rejects.toMatchObject({ code: "destroyed" });
    expect(await destroying).toBeUndefined();
    expect(second.launches).toEqual([]);
    expect(await composing.containers()).toEqual([]);
  });

  it("destroy during a launch that the last one does not support answers undefined", async () => {
    const { second, composing } = pair();
    let destroying: Promise<unknown> | undefined;
    second.beforeAnswer = () => {
      destroying = composing.destroy(id);
      return Promise.resolve();
    };
    await expect(composing.launch(id, fakeConfig("third"))).rejects.toMatchObject({ code: "destroyed" });
    expect(await destroying).toBeUndefined();
  });

  it("a failed launch is not tried with the next one", async () => {
    const { second, composing } = pair();
    await expect(composing.launch(id, fakeConfig("first", "fail"))).rejects.toMatchObject({ code: "launch-failed" });
    expect(second.launches).toEqual([]);
  });

  it("takes nested ids to the owner of their root, and refuses those of an unknown root", async () => {
    const { second, composing } = pair();
    await composing.launch(id, fakeConfig("second"));
    const nested = { value: "n", parent: id };
    expect(await composing.launch(nested, fakeConfig("second"))).toBe("launched");
    expect(second.launches).toEqual(["c", "c/n"]);
    const waiting = composing.wait(nested);
    await composing.destroy(nested);
    expect(await waiting).toMatchObject({ state: "TASK_KILLED" });
    const orphan = { value: "n", parent: { value: "nobody" } };
    await expect(composing.launch(orphan, fakeConfig("second"))).rejects.toMatchObject({ code: "unknown-container" });
  });

  it("knows after recovery what its members have taken up", async () => {
    const { second, composing } = pair();
    await second.launch(id, fakeConfig("second"));
    await composing.recover([]);
    const waiting = composing.wait(id);
    expect(await composing.launch(id, fakeConfig("second"))).toBe("already-launched");
    await composing.destroy(id);
    expect(await waiting).toMatchObject({ state: "TASK_KILLED" });
    expect(await composing.wait(id)).toBeUndefined();
  });
});
