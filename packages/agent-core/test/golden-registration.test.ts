import { agentCapabilities } from "@berth/agent-core";
import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import { RegisterSlaveMessage, ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import { recordedMessages, type RecordedScenario } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { fieldPaths } from "./field-paths.ts";
import { replay } from "./replay.ts";
import { startWorld } from "./world.ts";

/** What the recorded agent claims and says beyond us. */
const exceptions = ["resourceVersionUuid", "resourceVersionUuid.value"];
/** We let go of the inspect of a task that runs; a master does not keep it either. */
const withoutData = ["tasks[].statuses[].data"];

function recorded<T extends object>(scenario: RecordedScenario, codec: MessageCodec<T>): T {
  const [message] = recordedMessages(scenario, codec.$type);
  const read = decodeMessage(codec, message?.body ?? new Uint8Array());
  if (!read.ok) throw new Error("the recording cannot be read");
  return read.value;
}

describe("RegisterSlaveMessage", () => {
  test("the same fields as the recorded one, and the same values", async () => {
    const { core } = await startWorld({ raw: true, options: { hostname: "127.0.0.1" } });
    const theirs = recorded("s1", RegisterSlaveMessage);
    const ours = core.registration();
    const read = decodeMessage(RegisterSlaveMessage, encodeMessage(RegisterSlaveMessage, ours));
    expect(fieldPaths(ours)).toEqual(fieldPaths(theirs).filter((each) => !exceptions.includes(each)));
    expect(read).toMatchObject({ ok: true, value: { slave: theirs.slave } });
  });

  test("claims what is honoured, no more", async () => {
    const { core } = await startWorld({ raw: true });
    const claimed = core.registration().agentCapabilities?.map(({ type }) => type);
    expect(claimed).toEqual(agentCapabilities);
    const theirs = recorded("s1", RegisterSlaveMessage).agentCapabilities?.map(({ type }) => type);
    expect(theirs?.filter((each) => !claimed?.includes(each))).toEqual([
      "RESOURCE_PROVIDER",
      "RESIZE_VOLUME",
      "AGENT_OPERATION_FEEDBACK",
    ]);
  });
});

describe("ReregisterSlaveMessage", () => {
  test.each(["s5", "s6"] as const)("%s: byte for byte the recorded one, but for the exceptions", async (scenario) => {
    const { world } = await replay(scenario, { until: ReregisterSlaveMessage.$type });
    const theirs = recorded(scenario, ReregisterSlaveMessage);
    const ours = world.core.reregistration();
    expect(fieldPaths(ours)).toEqual(
      fieldPaths(theirs).filter((each) => !exceptions.includes(each) && !withoutData.includes(each)),
    );
    expect(bytesOf(ours)).toBe(bytesOf(theirs));
  });

  test("a task that has not begun is staging, without a last update", async () => {
    const world = await startWorld();
    world.run("t1");
    const { tasks } = world.core.reregistration();
    expect(tasks).toMatchObject([{ state: "TASK_STAGING", resources: [{ allocationInfo: { role: "*" } }, {}] }]);
    expect(fieldPaths(tasks?.[0] ?? {}).filter((each) => /status|executor/i.test(each))).toEqual([]);
  });

  test("a task that has ended is listed until its last update is acknowledged", async () => {
    const world = await startWorld();
    world.containerizer.onLaunch = (container) => container.end("TASK_FINISHED");
    world.run("t1");
    await expect.poll(() => world.states("t1")).toEqual(["TASK_FINISHED"]);
    const update = world.lastUpdate("t1");
    expect(world.core.reregistration()).toMatchObject({
      tasks: [{ state: "TASK_FINISHED", statusUpdateState: "TASK_FINISHED", statusUpdateUuid: update.update?.uuid }],
      frameworks: [{ id: update.update?.frameworkId }],
    });
    world.acknowledge(update);
    await expect.poll(() => world.core.reregistration().tasks).toEqual([]);
    expect(world.core.reregistration().frameworks).toEqual([]);
  });

  test("a framework that was shut down is not listed while its containers end", async () => {
    const world = await startWorld();
    world.containerizer.onLaunch = (container) => container.run();
    world.run("t1");
    await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING"]);
    world.shutDownFramework();
    expect(world.core.reregistration()).toMatchObject({ tasks: [], frameworks: [] });
    expect(world.containerizer.of("t1").kills).toHaveLength(1);
  });

  test("resources without an allocation role get the framework's", async () => {
    const world = await startWorld();
    world.run("t1", {
      task: { resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }] },
      framework: { roles: ["web"] },
    });
    expect(world.core.reregistration().tasks?.[0]?.resources).toMatchObject([
      { role: "*", allocationInfo: { role: "web" } },
    ]);
  });
});

/** Without what we let go of and do not claim; the version and the id of the container are the agent's own. */
function bytesOf(message: ReregisterSlaveMessage): string {
  const bytes = encodeMessage(ReregisterSlaveMessage, {
    ...message,
    resourceVersionUuid: undefined,
    version: "",
    agentCapabilities: [],
    tasks: (message.tasks ?? []).map((task) => ({
      ...task,
      statuses: (task.statuses ?? []).map(({ data: __, ...status }) => ({
        ...status,
        containerStatus: { ...status.containerStatus, containerId: { value: "" } },
      })),
    })),
  });
  return Buffer.from(bytes).toString("hex");
}
