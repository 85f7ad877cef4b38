import { toMesosJson } from "@berth/proto";
import { Resource } from "@berth/proto/v1";
import { recordedAnswer } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import {
  addResources,
  attributesObject,
  detectResources,
  parseAttributes,
  parseResources,
  reservationRoleOf,
  resourcesObject,
  ResourcesError,
  scalarOf,
  toEndpointFormat,
} from "../src/index.ts";

interface State {
  readonly flags: { readonly resources: string };
  readonly resources: unknown;
  readonly unreserved_resources: unknown;
  readonly unreserved_resources_full: readonly unknown[];
  readonly unreserved_resources_allocated: unknown;
  readonly frameworks: readonly {
    readonly executors: readonly {
      readonly resources: unknown;
      readonly tasks: readonly { readonly resources: unknown }[];
    }[];
  }[];
}

describe("the recorded /state", () => {
  const state = recordedAnswer("agent.state.trimmed").json as State;
  const total = parseResources(state.flags.resources);

  it("has our objects for the agent", () => {
    const unreserved = total.filter((resource) => reservationRoleOf(resource) === "*");
    expect(resourcesObject(total)).toEqual(state.resources);
    expect(resourcesObject(unreserved)).toEqual(state.unreserved_resources);
    // The recording holds the first two of the list.
    const full = toEndpointFormat(unreserved)
      .slice(0, 2)
      .map((each) => JSON.parse(toMesosJson(Resource, each)) as unknown);
    expect(full).toEqual(state.unreserved_resources_full);
  });

  it("has our objects for a task, its executor and what is allocated in all", () => {
    const executor = state.frameworks[0]!.executors[0]!;
    const task = parseResources("cpus:0.01;mem:32");
    const both = addResources(task, parseResources("cpus:0.1;mem:32"));
    expect(resourcesObject(task)).toEqual(executor.tasks[0]!.resources);
    expect(resourcesObject(both)).toEqual(executor.resources);
    expect(resourcesObject(addResources(both, both))).toEqual(state.unreserved_resources_allocated);
  });

  it("writes other kinds by their shape, revocable ones apart", () => {
    const revocable = { ...parseResources("cpus:2")[0]!, revocable: {} };
    const resources = [...parseResources("cpus:1;cpus(eng):0.5;ports:[1-2,5-6];zones:{a,b}"), revocable];
    expect(resourcesObject(resources)).toEqual({
      disk: 0,
      mem: 0,
      gpus: 0,
      cpus: 1.5,
      cpus_revocable: 2,
      ports: "[1-2, 5-6]",
      zones: "{a, b}",
    });
    expect(scalarOf(resources, "cpus")).toBe(3.5);
    expect(scalarOf(resources, "mem")).toBeUndefined();
    expect(scalarOf(resources, "ports")).toBeUndefined();
  });
});

describe("detection", () => {
  const GiB = 1024 ** 3;
  const host = { cpus: 8, memoryBytes: 16 * GiB, workDirectoryDiskBytes: 100 * GiB };
  const objectOf = (given: string, from = host) => resourcesObject(detectResources(parseResources(given), from));

  it("fills in what is missing, less what the host keeps", () => {
    expect(objectOf("")).toEqual({ cpus: 8, mem: 15 * 1024, disk: 95 * 1024, gpus: 0, ports: "[31000-32000]" });
    expect(objectOf("cpus:2;ports:[1-2];zones:{a}")).toMatchObject({
      cpus: 2,
      mem: 15 * 1024,
      ports: "[1-2]",
      zones: "{a}",
    });
    expect(objectOf("mem(eng):5")).toMatchObject({ mem: 5, cpus: 8 });
  });

  it("detects nothing of a kind that was given as nothing", () => {
    expect(detectResources(parseResources("mem:0;disk:0;cpus:1;ports:[1-1]"), host)).toEqual(
      parseResources("cpus:1;ports:[1-1]"),
    );
  });

  it.each([
    [2 * GiB, 1024],
    [2 * GiB - 1, 1023],
    [GiB, 512],
    [0, 1024],
    [Number.NaN, 1024],
  ])("makes of %d bytes of memory %d MiB", (memoryBytes, mem) => {
    expect(objectOf("", { ...host, memoryBytes }).mem).toBe(mem);
  });

  it.each([
    [10 * GiB, 5 * 1024],
    [10 * GiB - 1, 5 * 1024 - 1],
    [0, 10 * 1024],
  ])("makes of %d bytes of disk %d MiB", (workDirectoryDiskBytes, disk) => {
    expect(objectOf("", { ...host, workDirectoryDiskBytes }).disk).toBe(disk);
  });

  it("falls back to one cpu, and gives the default role to what it found", () => {
    const resources = detectResources(parseResources("mem:1"), { ...host, cpus: 0 }, { defaultRole: "eng" });
    expect(resources.map((each) => [each.name, reservationRoleOf(each)])).toEqual([
      ["mem", "*"],
      ["cpus", "eng"],
      ["disk", "eng"],
      ["ports", "eng"],
    ]);
    expect(scalarOf(resources, "cpus")).toBe(1);
  });
});

describe("attributes", () => {
  it("have the type that their shape says", () => {
    const attributes = parseAttributes("rack:r1; weight:2.5;ports:[5-6,1-3];url:http://a:80/;os: linux mint");
    expect(attributes.map(({ name, type }) => [name, type])).toEqual([
      ["rack", "TEXT"],
      ["weight", "SCALAR"],
      ["ports", "RANGES"],
      ["url", "TEXT"],
      ["os", "TEXT"],
    ]);
    expect(attributesObject(attributes)).toEqual({
      rack: "r1",
      weight: 2.5,
      ports: "[1-3, 5-6]",
      url: "http://a:80/",
      os: "linuxmint",
    });
    expect(parseAttributes("")).toEqual([]);
  });

  it.each([
    ["rack", "line 1, column 1: rack has no value; an attribute is written rack:r1"],
    ["a:1;rack:", "line 1, column 10: rack: there is no value"],
    [":x", "line 1, column 1: the attribute has no name"],
    ["a:{x}", "line 1, column 3: a: an attribute cannot be a set"],
    ["a:(x", "line 1, column 3: a: ( is not closed"],
  ])("refuses %s", (text, message) => {
    const error = (() => {
      try {
        return parseAttributes(text);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(ResourcesError);
    expect(error).toMatchObject({ code: "malformed-attributes", message });
  });
});
