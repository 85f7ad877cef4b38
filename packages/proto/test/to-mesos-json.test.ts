import { describe, expect, it } from "vitest";
import { CommandInfo, FrameworkInfo, TaskInfo, TaskStatus } from "../src/gen/mesos/v1/mesos.ts";
import { parseMessage, toMesosJson } from "../src/index.ts";

describe("toMesosJson", () => {
  it("writes snake_case in the order of declaration, enums by name, bytes in base64", () => {
    const status: TaskStatus = {
      uuid: new Uint8Array([255, 0, 1]).subarray(0, 2),
      state: "TASK_RUNNING",
      taskId: { value: 'a"\u2028' },
      timestamp: 5,
    };
    expect(toMesosJson(TaskStatus, status)).toBe(
      '{"task_id":{"value":"a\\"\u2028"},"state":"TASK_RUNNING","timestamp":5.0,"uuid":"/wA="}',
    );
  });

  it("writes declared defaults unless they are deprecated or not wanted", () => {
    const framework: FrameworkInfo = { user: "root", name: "f" };
    expect(toMesosJson(FrameworkInfo, framework)).toBe(
      '{"user":"root","name":"f","failover_timeout":0.0,"checkpoint":false}',
    );
    expect(toMesosJson(FrameworkInfo, framework, { defaults: "omit" })).toBe('{"user":"root","name":"f"}');
    expect(toMesosJson(FrameworkInfo, { ...framework, role: "*" }, { defaults: "omit" })).toContain('"role":"*"');
  });

  it("leaves out empty lists and maps, keeps empty messages", () => {
    const task: TaskInfo = { name: "t", resources: [], limits: {}, command: {}, labels: { labels: [] } };
    expect(toMesosJson(TaskInfo, task, { defaults: "omit" })).toBe('{"name":"t","command":{},"labels":{}}');
  });

  it("writes maps as objects, whatever their keys", () => {
    const limits = Object.fromEntries([
      ["cpus", { value: 1.5 }],
      ["__proto__", { value: 2 }],
    ]);
    const json = toMesosJson(TaskInfo, { limits });
    expect(json).toBe('{"limits":{"cpus":{"value":1.5},"__proto__":{"value":2.0}}}');
    const parsed = parseMessage(
      TaskInfo,
      `{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},${json.slice(1)}`,
    );
    expect(parsed.ok && Object.entries(parsed.value.limits ?? {})).toEqual(Object.entries(limits));
  });

  it("takes an enum value without a name for unset", () => {
    expect(toMesosJson(TaskStatus, { state: "UNRECOGNIZED", reason: "UNRECOGNIZED" })).toBe("{}");
  });

  it("is one line", () => {
    expect(toMesosJson(CommandInfo, { value: "a\nb\r\u0000" }, { defaults: "omit" })).toBe(
      '{"value":"a\\nb\\r\\u0000"}',
    );
  });
});
