import { expect, it, onTestFinished, vi } from "vitest";
import { createImagePuller, type PullProgress } from "../src/index.ts";
import { notFound, scriptedEngine } from "./scripted-engine.ts";

it("a layer that waits for the engine's slots does not stall while another pull moves, and does when none does", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const gate = Promise.withResolvers<void>();
  const bytes = (current: number) => ({
    status: "Downloading",
    id: "a",
    progressDetail: { current, total: 900_000_000 },
  });
  const engine = scriptedEngine(
    [
      [bytes(1), gate.promise, bytes(2), "stall"],
      [{ status: "Pulling fs layer", id: "b" }, { status: "Waiting", id: "b" }, "stall"],
      ["stall"],
      ["stall"],
    ],
    [notFound()],
  );
  const puller = createImagePuller({ engine }, { budgets: { downloadStallMs: 60_000 } });
  const waiting: PullProgress[] = [];
  const moving = puller.ensure({ image: "a:1" }).catch((error: unknown) => error);
  await vi.waitFor(() => expect(engine.seen).toHaveLength(1));
  const slow = puller
    .ensure({ image: "b:1", onProgress: (step) => waiting.push(step) })
    .catch((error: unknown) => error);
  await vi.waitFor(() => expect(engine.seen).toHaveLength(2));
  const retries = () => waiting.filter(({ kind }) => kind === "retrying").length;

  await vi.advanceTimersByTimeAsync(40_000);
  gate.resolve();
  // Its 60 s are over at 60 s; the other one moved at 40 s.
  await vi.advanceTimersByTimeAsync(55_000);
  expect(retries()).toBe(0);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(retries()).toBe(1);

  const closed = puller.close();
  expect(await Promise.all([moving, slow])).toMatchObject([{ code: "closed" }, { code: "closed" }]);
  await closed;
});
