import { describe, expect, it } from "vitest";
import { CapabilityInfo, ContainerInfo, Resource, TaskInfo, TaskStatus } from "../src/gen/mesos/v1/mesos.ts";
import type { MessageCodec } from "../src/index.ts";
import { formatFault, parseMessage } from "../src/index.ts";
import { ContainerFileOperation } from "../src/gen/mesos/slave/containerizer.ts";

/** A task that is complete but for what a case adds. */
const task = '"name":"web","task_id":{"value":"web-1"},"agent_id":{"value":"a"}';

function faultsOf(codec: MessageCodec<object>, input: unknown): string[] {
  const parsed = parseMessage(codec, input);
  return parsed.ok
    ? []
    : parsed.faults.map((fault) => `${fault.code} ${formatFault({ ...fault, line: undefined as never })}`);
}

describe("faults name the path in the spelling of the input", () => {
  it.each<[string, MessageCodec<object>, string, string[]]>([
    [
      "unknown field with a suggestion, instead of the missing one",
      TaskInfo,
      `{${task},"container":{"type":"DOCKER","docker":{"imag":"busybox"}}}`,
      ["unknown-field container.docker.imag: unknown field, did you mean image?"],
    ],
    [
      "suggestions follow camelCase",
      TaskInfo,
      `{${task},"healthChek":{}}`,
      ["unknown-field healthChek: unknown field, did you mean healthCheck?"],
    ],
    ["unknown field without a relative", TaskInfo, `{${task},"zzzzzzzz":1}`, ["unknown-field zzzzzzzz: unknown field"]],
    [
      "field names of the prototype are unknown too",
      TaskInfo,
      `{${task},"__proto__":1,"toString":2}`,
      ["unknown-field __proto__: unknown field", "unknown-field toString: unknown field"],
    ],
    [
      "missing required fields, nested and in lists",
      TaskInfo,
      '{"name":"x","task_id":{},"resources":[{"name":"cpus","type":"SCALAR"},{"name":"mem"}]}',
      [
        "missing-field task_id.value: required field is missing",
        "missing-field resources[1].type: required field is missing",
        "missing-field agent_id: required field is missing",
      ],
    ],
    [
      "null is unset",
      TaskInfo,
      '{"name":null,"taskId":{"value":"x"},"agent_id":{"value":"a"},"command":null}',
      ["missing-field name: required field is not set"],
    ],
    [
      "object expected",
      TaskInfo,
      `{${task},"container":"busybox"}`,
      ["wrong-type container: expected an object (mesos.v1.ContainerInfo), got a string"],
    ],
    ["list expected", TaskInfo, `{${task},"resources":{}}`, ["wrong-type resources: expected a list, got an object"]],
    [
      "elements of lists",
      TaskInfo,
      `{${task},"command":{"arguments":["a",1,null]}}`,
      [
        "wrong-type command.arguments[1]: expected a string, got the number 1",
        "wrong-type command.arguments[2]: expected a string, got null",
      ],
    ],
    [
      "boolean expected",
      TaskInfo,
      `{${task},"command":{"shell":"false"}}`,
      ["wrong-type command.shell: expected true or false, got a string"],
    ],
    [
      "enum value, another case",
      ContainerInfo,
      '{"type":"docker"}',
      ['unknown-enum-value type: unknown value "docker" of mesos.v1.ContainerInfo.Type, did you mean DOCKER?'],
    ],
    [
      "enum value, unlike any",
      ContainerInfo,
      '{"type":"APPC"}',
      ['unknown-enum-value type: unknown value "APPC" of mesos.v1.ContainerInfo.Type, expected DOCKER, MESOS'],
    ],
    [
      "enum by number",
      ContainerInfo,
      '{"type":1}',
      ["wrong-type type: expected the name of a value of mesos.v1.ContainerInfo.Type, got the number 1"],
    ],
    [
      "both spellings",
      TaskInfo,
      `{${task},"taskId":{"value":"other"}}`,
      ["duplicate-field taskId: already given as task_id"],
    ],
    ["one spelling twice", TaskInfo, `{${task},"name":"again"}`, ["duplicate-field name: given twice"]],
    [
      "keys of maps",
      TaskInfo,
      `{${task},"limits":{"a.b":{},"cpus":{"value":1},"cpus":{"value":2}}}`,
      ['missing-field limits["a.b"].value: required field is missing', "duplicate-field limits.cpus: given twice"],
    ],
    [
      "two of a oneof",
      ContainerFileOperation,
      '{"symlink":{},"mkdir":{}}',
      ["oneof-conflict mkdir: only one of symlink and mkdir may be given"],
    ],
    [
      "bytes",
      TaskStatus,
      '{"task_id":{"value":"t"},"state":"TASK_LOST","uuid":"a-b_"}',
      ["invalid-base64 uuid: expected padded standard base64"],
    ],
    [
      "half a surrogate pair",
      Resource,
      '{"name":"\\ud800","type":"SCALAR"}',
      ["invalid-string name: half of a surrogate pair cannot be written in UTF-8"],
    ],
    ["not a message at all", TaskInfo, "[]", ["wrong-type expected an object (mesos.v1.TaskInfo), got a list"]],
  ])("%s", (_name, codec, text, expected) => {
    expect(faultsOf(codec, text)).toEqual(expected);
    // A value cannot repeat a key, all else is the same.
    const inValue = expected.filter((fault) => !fault.includes("given twice"));
    expect(faultsOf(codec, JSON.parse(text))).toEqual(inValue);
  });

  it("refuses JavaScript values that JSON has no form for", () => {
    expect(
      faultsOf(TaskInfo, { name: new Date(0), task_id: { value: Symbol("x") }, agent_id: { value: "a" } }),
    ).toEqual([
      "wrong-type name: expected a string, got an object of class Date",
      "wrong-type task_id.value: expected a string, got a JavaScript symbol",
    ]);
  });

  it("lets the caller fill in required fields of the message itself", () => {
    const parsed = parseMessage(TaskInfo, '{"name":"n","task_id":{}}', { mayLack: ["agent_id", "value"] });
    expect(parsed).toMatchObject({ faults: [{ path: "task_id.value" }] });
    expect(parsed).not.toHaveProperty("faults.1");
    expect(parseMessage(TaskInfo, '{"name":"n","task_id":{"value":"t"}}', { mayLack: ["agent_id"] })).toStrictEqual({
      ok: true,
      value: { name: "n", taskId: { value: "t" } },
    });
  });

  it("throws for a codec of another package only", () => {
    const foreign = { ...TaskInfo, $type: "other.Message" };
    expect(() => parseMessage(foreign, "{}")).toThrow(expect.objectContaining({ code: "unknown-message-type" }));
  });
});

describe("what Mesos itself tolerates", () => {
  it.each<[string, MessageCodec<object>, string, object]>([
    ["unknown fields", ContainerInfo, '{"type":"DOCKER","new":{"a":[1]}}', { type: "DOCKER" }],
    [
      "unknown values of optional enums",
      TaskStatus,
      '{"task_id":{"value":"t"},"state":"TASK_LOST","reason":"NEW"}',
      {
        taskId: { value: "t" },
        state: "TASK_LOST",
      },
    ],
    [
      "unknown values in lists",
      CapabilityInfo,
      '{"capabilities":["CHOWN","NEW","KILL"]}',
      { capabilities: ["CHOWN", "KILL"] },
    ],
    ["a field given twice: the last one", Resource, '{"name":"a","type":"SET","name":"b"}', { name: "b", type: "SET" }],
    ["two of a oneof: the last one", ContainerFileOperation, '{"symlink":{},"mkdir":{}}', { mkdir: {} }],
  ])("%s", (_name, codec, text, value) => {
    expect(parseMessage(codec, text, { unknown: "ignore" })).toStrictEqual({ ok: true, value });
  });

  it("but not an unknown value of a required enum", () => {
    const parsed = parseMessage(ContainerInfo, '{"type":"ROCKET"}', { unknown: "ignore" });
    expect(parsed).toMatchObject({ ok: false, faults: [{ path: "type", code: "missing-field", line: 1, column: 2 }] });
  });
});
