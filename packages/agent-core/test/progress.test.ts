import { ExecutorToFrameworkMessage } from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { progressLabel } from "@berth/agent-core";
import { agentId, frameworkId, ManualTimers, startWorld } from "./world.ts";
import { ProgressThrottle } from "../src/progress.ts";

const labels = { labels: [{ key: progressLabel }] };

test("a framework that asks hears of fetches and pulls, the others do not", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => {
    container.hooks.onProgress?.({ phase: "pulling", detail: { image: "busybox", totalBytes: 5n } });
  };
  world.run("quiet");
  world.run("watched", { framework: { id: { value: "another" }, labels } });
  await expect.poll(() => world.containerizer.all).toHaveLength(2);
  const messages = world.sentOf(ExecutorToFrameworkMessage);
  expect(messages).toMatchObject([
    { slaveId: { value: agentId }, frameworkId: { value: "another" }, executorId: { value: "watched" } },
  ]);
  expect(JSON.parse(Buffer.from(messages[0]?.data ?? []).toString())).toEqual({
    berth_progress: { task_id: "watched", phase: "pulling", detail: { image: "busybox", totalBytes: 5 } },
  });
  expect(frameworkId).not.toBe("another");
});

test("at most four a second, and the last of a phase is never lost", () => {
  const timers = new ManualTimers();
  const sent: string[] = [];
  const start = timers.nowMs;
  const throttle = new ProgressThrottle({
    timers,
    now: () => timers.nowMs,
    send: ({ phase, detail }) => sent.push(`${timers.nowMs - start} ${phase} ${String(detail)}`),
  });
  for (let index = 0; index < 100; index++) {
    throttle.add({ phase: "fetching", detail: index });
    timers.advance(10);
  }
  throttle.add({ phase: "fetching", detail: "last" });
  throttle.add({ phase: "pulling", detail: "first" });
  timers.advance(250);
  throttle.add({ phase: "pulling", detail: "end" });
  timers.advance(10_000);
  expect(sent).toEqual([
    "0 fetching 0",
    "250 fetching 24",
    "500 fetching 49",
    "750 fetching 74",
    "1000 fetching 99",
    "1000 fetching last",
    "1250 pulling first",
    "1500 pulling end",
  ]);
});

test("nothing comes after the task has left its preparation", async () => {
  const world = await startWorld();
  world.run("t1", { framework: { labels } });
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  const { hooks } = world.containerizer.of("t1");
  hooks.onProgress?.({ phase: "pulling", detail: 1 });
  hooks.onProgress?.({ phase: "pulling", detail: 2 });
  world.containerizer.of("t1").run();
  expect(world.sentOf(ExecutorToFrameworkMessage)).toHaveLength(2);
  world.containerizer.of("t1").end("TASK_FINISHED");
  hooks.onProgress?.({ phase: "pulling", detail: 3 });
  world.timers.advance(1000);
  expect(world.sentOf(ExecutorToFrameworkMessage)).toHaveLength(2);
});
