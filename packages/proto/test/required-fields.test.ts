import { describe, expect, it } from "vitest";
import {
  CapabilityInfo,
  ContainerID,
  FrameworkInfo,
  Resource,
  TaskInfo,
  TaskStatus,
} from "../src/gen/mesos/v1/mesos.ts";
import { decodeMessage, encodeMessage, missingRequired, ProtoError } from "../src/index.ts";
import { faultsOf, valueOf } from "./support/value-of.ts";

const task: TaskInfo = { name: "t", taskId: { value: "t" }, agentId: { value: "a" } };

describe("required fields", () => {
  it("are found wherever they are missing", () => {
    const faults = missingRequired(TaskInfo, {
      name: "t",
      taskId: {},
      resources: [{ name: "cpus", type: "SCALAR", scalar: {} }, { name: "mem" }],
      limits: { cpus: {} },
    });
    expect(faults.map(({ path }) => path)).toEqual([
      "task_id.value",
      "agent_id",
      "resources[0].scalar.value",
      "resources[1].type",
      "limits.cpus.value",
    ]);
    expect(missingRequired(TaskInfo, task)).toEqual([]);
  });

  it("stop the encoder", () => {
    const error = caught(() => encodeMessage(TaskInfo, { name: "t", taskId: { value: "t" } }));
    expect(error).toBeInstanceOf(ProtoError);
    expect(error).toMatchObject({ code: "invalid-message", faults: [{ path: "agent_id", code: "missing-field" }] });
    expect(String(error)).toContain("mesos.v1.TaskInfo cannot be encoded: agent_id: required field is missing");
  });

  it("are demanded of decoded bytes", () => {
    const incomplete = TaskInfo.encode({ name: "t" }).finish();
    expect(faultsOf(decodeMessage(TaskInfo, incomplete))).toEqual([
      "task_id: required field is missing",
      "agent_id: required field is missing",
    ]);
  });

  it("may not be an enum value without a name", () => {
    expect(missingRequired(Resource, { name: "x", type: "UNRECOGNIZED" })).toMatchObject([{ path: "type" }]);
  });

  it("are looked for as deep as decoders go", () => {
    let id: ContainerID = { value: "x" };
    for (let level = 0; level < 150; level += 1) id = { value: "x", parent: id };
    expect(missingRequired(ContainerID, id)).toMatchObject([{ code: "too-deep" }]);
  });
});

describe("decodeMessage", () => {
  it.each([
    ["a cut message", TaskInfo.encode(task).finish().subarray(0, -1)],
    ["no protobuf", new Uint8Array([0xff, 0xff, 0xff])],
  ])("%s is a fault, not an exception", (_name, bytes) => {
    expect(decodeMessage(TaskInfo, bytes)).toMatchObject({ ok: false, faults: [{ path: "", code: "malformed-wire" }] });
  });

  it("skips unknown fields", () => {
    const bytes = Buffer.concat([TaskInfo.encode(task).finish(), Buffer.from([0xba, 0x3e, 0x01, 0x41])]);
    expect(decodeMessage(TaskInfo, bytes)).toMatchObject({ ok: true, value: task });
  });

  it("leaves fields unset whose enum number has no name, and never writes -1 for them", () => {
    // task_id "t", state TASK_LOST, reason 9999
    const bytes = Buffer.from("0a030a01741005508f4e", "hex");
    const status = valueOf(decodeMessage(TaskStatus, bytes));
    expect(status.reason).toBeUndefined();
    expect(Buffer.from(encodeMessage(TaskStatus, status)).toString("hex")).toBe("0a030a01741005");
  });

  it("drops such numbers inside messages and lists", () => {
    const known = FrameworkInfo.encode({ user: "u", name: "n" }).finish();
    // capabilities (10) { type (1) = 9999 }
    const bytes = Buffer.concat([known, Buffer.from("5203088f4e", "hex")]);
    expect(valueOf(decodeMessage(FrameworkInfo, bytes)).capabilities).toEqual([{ type: undefined }]);
    // CapabilityInfo.capabilities (1): CHOWN, 9999, KILL
    const list = Buffer.from("08e807088f4e08ed07", "hex");
    expect(valueOf(decodeMessage(CapabilityInfo, list))).toEqual({ capabilities: ["CHOWN", "KILL"] });
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
