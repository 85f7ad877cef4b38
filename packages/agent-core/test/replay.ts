import { decodeMessage } from "@berth/proto";
import {
  RunTaskMessage,
  SlaveRegisteredMessage,
  SlaveReregisteredMessage,
  StatusUpdateAcknowledgementMessage,
  StatusUpdateMessage,
} from "@berth/proto/internal/messages";
import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import { TaskStatus } from "@berth/proto/v1";
import { recordedMessages, type RecordedScenario } from "@berth/testkit";
import { expect } from "vitest";
import { startWorld, type World } from "./world.ts";

export interface Replayed {
  readonly world: World;
  /** What the recorded agent told its master, first sendings only. */
  readonly theirs: readonly StatusUpdateMessage[];
}

/**
 * Everything that the recorded agent was sent, in that order: by the master to us, by its executors as statuses of our
 * containers. Waits after each status until it is sent on, where the recorded agent sent it on.
 */
export async function replay(
  scenario: RecordedScenario,
  { until, tasks }: { readonly until?: string; readonly tasks?: (taskId: string) => boolean } = {},
): Promise<Replayed> {
  const world = await startWorld({
    raw: true,
    options: { hostname: "127.0.0.1", ip: "127.0.0.1", pid: "slave(1)@127.0.0.1:5051" },
  });
  await world.core.recover();
  const theirs: StatusUpdateMessage[] = [];
  const seen = new Set<string>();
  for (const { firstLine, body } of recordedMessages(scenario, "POST")) {
    const [, to = "", name = ""] = /^POST \/(.+)\/(mesos\.internal\.\w+) /.exec(firstLine) ?? [];
    if (name === until) break;
    if (to === "master" && name === StatusUpdateMessage.$type) {
      const message = decode(StatusUpdateMessage, body);
      const { update } = message;
      const uuid = Buffer.from(update?.uuid ?? []).toString("hex");
      if (tasks?.(update?.status?.taskId?.value ?? "") === false || seen.has(uuid)) continue;
      seen.add(uuid);
      theirs.push(message);
      await sentOn(world, uuid);
    }
    if (to !== "slave(1)") continue;
    await deliver(world, name, body, tasks);
  }
  return { world, theirs };
}

async function deliver(
  world: World,
  name: string,
  body: Uint8Array,
  tasks: ((taskId: string) => boolean) | undefined,
): Promise<void> {
  switch (name) {
    case SlaveRegisteredMessage.$type:
      await world.core.onRegistered(decode(SlaveRegisteredMessage, body).slaveId?.value ?? "");
      return world.core.onConnected(true);
    case SlaveReregisteredMessage.$type:
      return world.core.onReregistered(decode(SlaveReregisteredMessage, body));
    case StatusUpdateMessage.$type: {
      const { update } = decode(StatusUpdateMessage, body);
      const taskId = update?.status?.taskId?.value ?? "";
      if (tasks?.(taskId) === false) return undefined;
      const status = TaskStatus.decode(InternalTaskStatus.encode(update?.status ?? {}).finish());
      return world.containerizer.of(taskId).hooks.onTaskStatus?.(status);
    }
    case StatusUpdateAcknowledgementMessage.$type:
      await sentOn(world, Buffer.from(decode(StatusUpdateAcknowledgementMessage, body).uuid ?? []).toString("hex"));
      world.tellBytes(name, body);
      // The recorded agent had stored it by the time of the next message.
      return new Promise((resolve) => setImmediate(resolve));
    case RunTaskMessage.$type: {
      const launched = world.containerizer.all.length;
      world.tellBytes(name, body);
      return expect.poll(() => world.containerizer.all.length).toBe(launched + 1);
    }
    default:
      return world.tellBytes(name, body);
  }
}

async function sentOn(world: World, uuid: string): Promise<void> {
  await expect
    .poll(() => world.sentOf(StatusUpdateMessage).map(({ update }) => Buffer.from(update?.uuid ?? []).toString("hex")))
    .toContain(uuid);
}

function decode<T extends object>(codec: Parameters<typeof decodeMessage<T>>[0], body: Uint8Array): T {
  const read = decodeMessage(codec, body);
  if (!read.ok) throw new Error(`the recording cannot be read: ${codec.$type}`);
  return read.value;
}
