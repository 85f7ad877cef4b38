import { describe, expect, it } from "vitest";
import { TaskInfo } from "../src/gen/mesos/v1/mesos.ts";
import { faultExcerpt, formatFault, parseMessage } from "../src/index.ts";

const text = `{
  "name": "web",
  "task_id": { "value": "web-1" },
  "container": {
\t"type": "DOCKRE",
    "docker": { "image": "busybox", "netwrk": "HOST" }
  },
  "resources": [
    { "name": "cpus", "type": "SCALAR", "scalar": { "value": "much" } }
  ]
}
`;

describe("faults in text", () => {
  it("have the place of the key or value at fault, in reading order of each object", () => {
    const parsed = parseMessage(TaskInfo, text);
    expect(parsed.ok ? [] : parsed.faults.map(formatFault)).toEqual([
      'line 5, column 10: container.type: unknown value "DOCKRE" of mesos.v1.ContainerInfo.Type, did you mean DOCKER?',
      "line 6, column 37: container.docker.netwrk: unknown field, did you mean network?",
      "line 9, column 62: resources[0].scalar.value: expected a number, got a string",
      "line 1, column 1: agent_id: required field is missing",
    ]);
  });

  it("count lines by LF, CRLF and CR, and take no notice of a byte order mark", () => {
    const parsed = parseMessage(TaskInfo, '\uFEFF{\r\n\r"nam":\n1}');
    expect(parsed.ok ? [] : parsed.faults).toContainEqual({
      path: "nam",
      code: "unknown-field",
      message: "unknown field, did you mean name?",
      suggestion: "name",
      line: 3,
      column: 1,
    });
  });

  it("have an excerpt with a caret under the place, tabs kept", () => {
    const parsed = parseMessage(TaskInfo, text);
    const [type, network] = parsed.ok ? [] : parsed.faults;
    expect(type && faultExcerpt(text, type)).toBe('\t"type": "DOCKRE",\n\t        ^');
    expect(network && faultExcerpt(text, network)?.split("\n")[1]).toBe(`${" ".repeat(36)}^`);
  });

  it("have an excerpt of a long line that fits a screen", () => {
    const long = `{"data":"${"A".repeat(5000)}","nam":1}`;
    const parsed = parseMessage(TaskInfo, long);
    const fault = parsed.ok ? undefined : parsed.faults.find(({ path }) => path === "nam");
    const [line = "", caret = ""] = (fault && faultExcerpt(long, fault)?.split("\n")) ?? [];
    expect(line.length).toBeLessThanOrEqual(110);
    expect(line.slice(caret.length - 1)).toBe('"nam":1}');
  });

  it("have no place when a value was given", () => {
    const parsed = parseMessage(TaskInfo, { nam: 1 });
    const fault = parsed.ok ? undefined : parsed.faults[0];
    expect(fault).not.toHaveProperty("line");
    expect(fault && faultExcerpt("{}", fault)).toBeUndefined();
  });
});
