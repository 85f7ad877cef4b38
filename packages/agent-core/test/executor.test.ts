import { decodeMessage } from "@berth/proto";
import { ExecutorRegisteredMessage, RunTaskMessage } from "@berth/proto/internal/messages";
import { TaskInfo as InternalTaskInfo } from "@berth/proto/internal";
import { TaskInfo } from "@berth/proto/v1";
import { recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import { generatedExecutor } from "../src/task/generated-executor.ts";
import { drainKillPolicy, shutdownGrace } from "../src/task/kill-policy.ts";

const seconds = (count: number) => ({ gracePeriod: { nanoseconds: BigInt(count) * 1_000_000_000n } });

test.each(["s1", "s2", "s3"] as const)("%s: the generated executor is called as the recorded one", (scenario) => {
  const [recorded] = recordedMessages(scenario, "ExecutorRegisteredMessage");
  const [run] = recordedMessages(scenario, "slave(1)_mesos.internal.RunTaskMessage");
  const theirs = decodeMessage(ExecutorRegisteredMessage, recorded?.body ?? new Uint8Array());
  const message = decodeMessage(RunTaskMessage, run?.body ?? new Uint8Array());
  if (!theirs.ok || !message.ok) throw new Error("the recording cannot be read");
  const { framework, task } = message.value;
  const ours = generatedExecutor(
    framework?.id?.value ?? "",
    TaskInfo.decode(InternalTaskInfo.encode(task ?? {}).finish()),
  );
  const { executorId, frameworkId, name, source } = theirs.value.executorInfo ?? {};
  expect(ours).toMatchObject({ executorId, frameworkId, name, source });
  expect(ours.resources?.map((each) => [each.name, each.scalar?.value])).toEqual(
    theirs.value.executorInfo?.resources?.map((each) => [each.name, each.scalar?.value]),
  );
});

test.each([
  [{ value: "true" }, "sh -c 'true'"],
  [{ value: "exactly 15 char" }, "sh -c 'exactly 15 char'"],
  [{ value: "this is longer than that" }, "sh -c 'this is long...'"],
  [{}, "NO COMMAND"],
  [{ shell: false }, "NO EXECUTABLE"],
  [{ shell: false, value: "sleep", arguments: ["sleep", "1"] }, "[sleep, sleep, 1]"],
  [{ shell: false, value: "sleep", arguments: ["sleep", "10"] }, "[sleep, sleep...]"],
])("the name tells the command: %j", (command, excerpt) => {
  const { name } = generatedExecutor("F", { taskId: { value: "t" }, command });
  expect(name).toBe(`Command Executor (Task: t) (Command: ${excerpt})`);
});

test("a drain shortens the grace, never lengthens it", () => {
  expect(drainKillPolicy({ killPolicy: seconds(30) }, { maxGracePeriod: { nanoseconds: 5_000_000_000n } })).toEqual(
    seconds(5),
  );
  expect(drainKillPolicy({}, { maxGracePeriod: { nanoseconds: 5_000_000_000n } })).toEqual(seconds(5));
  expect(
    drainKillPolicy({ killPolicy: seconds(3) }, { maxGracePeriod: { nanoseconds: 5_000_000_000n } }),
  ).toBeUndefined();
  expect(drainKillPolicy({ killPolicy: seconds(30) }, {})).toBeUndefined();
});

test("a shutdown leaves the task two seconds less than the agent waits", () => {
  expect(shutdownGrace({}, 5000)).toEqual({ killPolicy: seconds(3), destroyAfterMs: 5000 });
  expect(shutdownGrace({}, 1000)).toEqual({ killPolicy: seconds(0), destroyAfterMs: 1000 });
  expect(shutdownGrace({ killPolicy: seconds(30) }, 5000)).toEqual({ killPolicy: seconds(30), destroyAfterMs: 32_000 });
});
