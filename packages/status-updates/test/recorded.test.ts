import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import { StatusUpdate, StatusUpdateAcknowledgementMessage, StatusUpdateMessage } from "@berth/proto/internal/messages";
import { silentLog } from "@berth/log";
import { type RecordedScenario, recordedMessages } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createStatusUpdates } from "../src/index.ts";
import { FakeTimers } from "./fake-timers.ts";

describe.each<[RecordedScenario, readonly string[], readonly string[]]>([
  // The scheduler left before it acknowledged the last one.
  ["s1", ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"], ["advanced", "advanced"]],
  ["s2", ["TASK_STARTING", "TASK_RUNNING", "TASK_KILLED"], ["advanced", "advanced", "closed"]],
])("the recorded updates of %s", (scenario, states, outcomes) => {
  // What the agent sent to the master, and what the master answered.
  const sent = recordedMessages(scenario, "POST_master_mesos.internal.StatusUpdateMessage").map(({ body }) => body);
  const acknowledged = recordedMessages(
    scenario,
    "5051-POST_slave(1)_mesos.internal.StatusUpdateAcknowledgementMessage",
  ).map(({ body }) => decode(StatusUpdateAcknowledgementMessage, body));

  it("go out with the same bytes, each after the acknowledgement of the one before", async () => {
    const forwarded: StatusUpdate[] = [];
    const updates = createStatusUpdates({
      forward: (update) => forwarded.push(update),
      log: silentLog,
      timers: new FakeTimers(),
    });
    updates.resume();
    const seen: string[] = [];
    for (const [index, bytes] of sent.entries()) {
      const { update } = decode(StatusUpdateMessage, bytes);
      const { latestState: _, ...asReceived } = update!;
      expect(await updates.update(asReceived, {})).toBe("queued");
      const ours = forwarded.splice(0);
      expect(ours).toHaveLength(1);
      expect(encodeMessage(StatusUpdate, ours[0]!)).toEqual(encodeMessage(StatusUpdate, update!));
      expect(Buffer.from(bytes).includes(encodeMessage(StatusUpdate, ours[0]!))).toBe(true);
      const { frameworkId, taskId, uuid } = acknowledged[index] ?? {};
      if (uuid === undefined) continue;
      seen.push(await updates.acknowledge({ frameworkId: frameworkId!.value!, taskId: taskId!.value! }, uuid));
    }
    expect(sent.map((bytes) => decode(StatusUpdateMessage, bytes).update?.status?.state)).toEqual(states);
    expect(seen).toEqual(outcomes);
  });
});

function decode<T extends object>(codec: MessageCodec<T>, bytes: Uint8Array): T {
  const decoded = decodeMessage(codec, bytes);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
  return decoded.value;
}
