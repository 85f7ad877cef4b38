import { decodeMessage, encodeMessage } from "@berth/proto";
import { RegisterSlaveMessage } from "@berth/proto/internal/messages";
import { SlaveInfo } from "@berth/proto/internal";
import { AgentInfo } from "@berth/proto/v1";
import { recordedAnswer, recordedMessages } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { parseResources, toPreReservationRefinement } from "../src/index.ts";

const scalar = (name: string, value: number) => ({ name, type: "SCALAR", scalar: { value } });

describe("text", () => {
  it("makes of the recorded flag what the recorded agent registered with", () => {
    const { flags } = recordedAnswer("agent.flags").json as { flags: { resources: string; default_role: string } };
    const parsed = parseResources(flags.resources, { defaultRole: flags.default_role });
    const pre = toPreReservationRefinement(parsed) ?? [];
    expect(encodeMessage(AgentInfo, { hostname: "h", resources: pre })).toEqual(
      encodeMessage(AgentInfo, { hostname: "h", resources: registeredResources() ?? [] }),
    );
  });

  it.each([
    ["cpus:4", [scalar("cpus", 4)]],
    [" cpus : 4 ;; mem:1024 ; ", [scalar("cpus", 4), scalar("mem", 1024)]],
    ["cpus:.5;mem:1e3;disk:0x10", [scalar("cpus", 0.5), scalar("mem", 1000), scalar("disk", 16)]],
    ["gpus:0", [scalar("gpus", 0)]],
    ["", []],
    ["disks:{a, b}", [{ name: "disks", type: "SET", set: { item: ["a", "b"] } }]],
    ["disks:{}", [{ name: "disks", type: "SET", set: { item: [] } }]],
    [
      "ports:[ 31001 - 32000, 31000-31000, 5-6 ]",
      [
        {
          name: "ports",
          type: "RANGES",
          ranges: {
            range: [
              { begin: 5n, end: 6n },
              { begin: 31000n, end: 32000n },
            ],
          },
        },
      ],
    ],
    ["cpus(eng):1", [{ ...scalar("cpus", 1), reservations: [{ type: "STATIC", role: "eng" }] }]],
    ["cpus(*):1", [scalar("cpus", 1)]],
  ])("%s", (text, resources) => {
    expect(parseResources(text)).toEqual(resources);
  });

  it("gives the default role to those that name none", () => {
    expect(parseResources("cpus:1;mem(*):1;disk(a/b):1", { defaultRole: "eng" })).toEqual([
      { ...scalar("cpus", 1), reservations: [{ type: "STATIC", role: "eng" }] },
      scalar("mem", 1),
      { ...scalar("disk", 1), reservations: [{ type: "STATIC", role: "a/b" }] },
    ]);
  });

  it.each([
    ["cpus:4;mem", "line 1, column 8: mem has no value; a resource is written cpus:4"],
    ["cpus:4 mem:5", "line 1, column 11: a resource has one : only; several are divided by ;"],
    [":4", "line 1, column 1: the resource has no name"],
    ["cpus:", "line 1, column 6: cpus: there is no value"],
    ["cpus:four", "line 1, column 6: cpus: four is neither a number, nor ranges [1-2], nor a set {a,b}"],
    ["cpus:nan", "line 1, column 6: cpus: nan is neither a number, nor ranges [1-2], nor a set {a,b}"],
    ["mem:1;cpus:-1", "line 1, column 7: cpus: the value -1 is below zero"],
    ["cpus(eng:4", "line 1, column 5: ( is not closed"],
    ["cpus)eng(:4", "line 1, column 9: ( is not closed"],
    ["cpus):4", "line 1, column 5: ) closes nothing"],
    ["cpus(eng)x:4", "line 1, column 10: more stands after the role"],
    ["cpus():4", "line 1, column 1: cpus: a role has a name"],
    ["cpus(a b):4", "line 1, column 1: cpus: a role has no blanks and control characters"],
    ["ports:[1-2", "line 1, column 7: ports: [ is not closed"],
    ["ports:1-2]", "line 1, column 10: ports: ] closes nothing"],
    ["ports:[]", "line 1, column 8: ports: a range is two whole numbers, [31000-32000]"],
    ["ports:[1-2, 5]", "line 1, column 13: ports: a range is two whole numbers, [31000-32000]"],
    ["ports:[2-1]", "line 1, column 8: ports: the range ends before it begins"],
    ["ports:[0-18446744073709551616]", "line 1, column 8: ports: the range does not fit into 64 bits"],
    ["ports:[1-2][3-4]", "line 1, column 12: ports: more stands after ]"],
    ["ports:1[2-3]", "line 1, column 8: ports: [ stands within the value"],
    ["disks:a{b}", "line 1, column 8: disks: { stands within the value"],
    ["disks:{a,{b}}", "line 1, column 13: disks: more stands after }"],
    ["disks:{a,a}", "line 1, column 1: disks: a is twice in the set"],
    ["cpus:1;\nmem:[", "line 2, column 5: mem: [ is not closed"],
  ])("refuses %s and says where", (text, message) => {
    expect(() => parseResources(text)).toThrow(
      expect.objectContaining({ name: "ResourcesError", code: "malformed-resources", message }) as Error,
    );
  });
});

describe("JSON", () => {
  it("takes both reservation formats and fills in the default role", () => {
    const text = `[
      { "name": "cpus", "type": "SCALAR", "scalar": { "value": 4 } },
      { "name": "mem", "type": "SCALAR", "scalar": { "value": 5 }, "role": "ops" },
      { "name": "disk", "type": "SCALAR", "scalar": { "value": 6 }, "reservations": [{ "type": "STATIC", "role": "a" }] },
      { "name": "gpus", "type": "SCALAR", "scalar": { "value": 1 }, "role": "*" }
    ]`;
    expect(parseResources(text, { defaultRole: "eng" })).toEqual([
      { ...scalar("cpus", 4), reservations: [{ type: "STATIC", role: "eng" }] },
      { ...scalar("mem", 5), reservations: [{ type: "STATIC", role: "ops" }] },
      { ...scalar("disk", 6), reservations: [{ type: "STATIC", role: "a" }] },
      scalar("gpus", 1),
    ]);
  });

  it.each([
    ['[{ "name": "cpus" }]', "line 1, column 2: [0].type: required field is missing"],
    ['[\n  { "name": "cpus", "tipe": "SCALAR" }]', "line 2, column 21: [0].tipe: unknown field, did you mean type?"],
    ['[{ "name": "a", "type": "SCALAR" }]', "line 1, column 1: [0]: a: the type is SCALAR, but its value is missing"],
    [
      '[{ "name": "a", "type": "SCALAR", "scalar": { "value": 1 }, "role": "x", "reservations": [{ "type": "STATIC", "role": "x" }] }]',
      "line 1, column 1: [0]: a: role and reservation are of the format before reservation refinement, reservations of the one after it: not both",
    ],
  ])("refuses %s", (text, message) => {
    expect(() => parseResources(text)).toThrow(
      expect.objectContaining({ code: "malformed-resources", message }) as Error,
    );
  });

  it("says where text stops being JSON", () => {
    expect(() => parseResources("[\n{,}]")).toThrow(expect.objectContaining({ line: 2, column: 2 }) as Error);
  });
});

function registeredResources() {
  const [message] = recordedMessages("s1", "RegisterSlaveMessage");
  const decoded = decodeMessage(RegisterSlaveMessage, message!.body);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
  const agent = decodeMessage(AgentInfo, encodeMessage(SlaveInfo, decoded.value.slave!));
  if (!agent.ok) throw new Error(JSON.stringify(agent.faults));
  return agent.value.resources;
}
