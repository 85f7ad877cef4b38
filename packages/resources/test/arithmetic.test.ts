import type { Resource } from "@berth/proto/v1";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addResources,
  containsResources,
  parseResources,
  scalarOf,
  subtractResources,
  toPostReservationRefinement,
  withAllocation,
} from "../src/index.ts";
import { mixedResources, postResources, scalarResources } from "./arbitraries.ts";

describe("what holds for all resources", () => {
  it("takes away again what was added, where values do not overlap", () => {
    fc.assert(
      fc.property(scalarResources, scalarResources, (a, b) => {
        expect(subtractResources(addResources(a, b), b)).toEqual(addResources(a, []));
      }),
    );
  });

  it("has in a sum both of its parts, and nothing more once both are taken", () => {
    fc.assert(
      fc.property(postResources, mixedResources, (a, b) => {
        const sum = addResources(a, b);
        expect(containsResources(sum, a)).toBe(true);
        expect(containsResources(sum, b)).toBe(true);
        expect(subtractResources(subtractResources(sum, a), b)).toEqual([]);
      }),
    );
  });

  it("makes the whole again of what is left and what was taken", () => {
    fc.assert(
      fc.property(postResources, postResources, (a, b) => {
        const total = addResources(a, b);
        const again = addResources(subtractResources(total, a), addResources(a, []));
        expect(containsResources(again, total)).toBe(true);
        expect(containsResources(total, again)).toBe(true);
      }),
    );
  });

  it("contains itself, in either format, and less than itself", () => {
    fc.assert(
      fc.property(mixedResources, postResources, (a, b) => {
        expect(containsResources(a, a)).toBe(true);
        expect(containsResources(a, toPostReservationRefinement(a))).toBe(true);
        expect(containsResources(toPostReservationRefinement(a), a)).toBe(true);
        expect(containsResources(a, subtractResources(a, b))).toBe(true);
        expect(containsResources(subtractResources(a, b), a)).toBe(addResources(a, []).length === 0 || disjoint(a, b));
      }),
    );
  });

  it("is one in either order, up to the order of the list", () => {
    fc.assert(
      fc.property(mixedResources, mixedResources, (a, b) => {
        const sum = addResources(a, b);
        const reversed = addResources(b, a);
        expect(containsResources(sum, reversed) && containsResources(reversed, sum)).toBe(true);
        expect(addResources(sum, [])).toEqual(sum);
      }),
    );
  });

  it("changes none of its arguments", () => {
    const a = parseResources("cpus:1;ports:[1-5];zones:{a}");
    const before = structuredClone(a);
    addResources(a, a);
    subtractResources(a, parseResources("cpus:0.5;ports:[2-3];zones:{a}"));
    expect(a).toEqual(before);
  });
});

/** Nothing that `b` names is in `a`: told point by point, apart from the code under test. */
function disjoint(a: readonly Resource[], b: readonly Resource[]): boolean {
  const points = (resource: Resource): readonly string[] => {
    const { scalar: _, ranges: _ranges, set: _set, ...kind } = toPostReservationRefinement([resource])[0]!;
    const { name, reservations = [], allocationInfo, revocable } = kind;
    const stack = reservations.map(({ type, role, principal }) => [type, role, principal]);
    const key = JSON.stringify([name, stack, allocationInfo, revocable]);
    const numbers = (resource.ranges?.range ?? []).flatMap(({ begin = 0n, end = 0n }) =>
      Array.from({ length: Number(end - begin) + 1 }, (_, index) => Number(begin) + index),
    );
    if (resource.scalar !== undefined) return [key];
    return [...numbers, ...(resource.set?.item ?? [])].map((value) => `${key} ${value}`);
  };
  const taken = new Set(b.flatMap(points));
  return !a.flatMap(points).some((point) => taken.has(point));
}

describe("values", () => {
  it("adds in thousandths", () => {
    const cpus = (value: number): Resource[] => [{ name: "cpus", type: "SCALAR", scalar: { value } }];
    expect(scalarOf(addResources(cpus(0.1), cpus(0.2)), "cpus")).toBe(0.3);
    expect(containsResources(cpus(0.3), addResources(cpus(0.1), cpus(0.2)))).toBe(true);
    expect(scalarOf(addResources(cpus(0.0004), cpus(1)), "cpus")).toBe(1);
    expect(scalarOf(addResources(cpus(0.0005), cpus(1)), "cpus")).toBe(1.001);
    expect(subtractResources(cpus(1), cpus(2))).toEqual([]);
    expect(addResources(cpus(0), [])).toEqual([]);
  });

  it.each([
    ["ports:[1-5]", "ports:[6-9]", "ports:[1-9]"],
    ["ports:[1-5,8-9]", "ports:[3-8]", "ports:[1-9]"],
    ["ports:[1-5]", "ports:[7-9]", "ports:[1-5,7-9]"],
    ["ports:[0-18446744073709551615]", "ports:[5-6]", "ports:[0-18446744073709551615]"],
    ["zones:{a,b}", "zones:{b,c}", "zones:{a,b,c}"],
    ["cpus:1;mem:2", "mem:3;cpus(eng):1", "cpus:1;mem:5;cpus(eng):1"],
  ])("%s and %s make %s", (a, b, sum) => {
    expect(addResources(parseResources(a), parseResources(b))).toEqual(parseResources(sum));
  });

  it.each([
    ["ports:[1-9]", "ports:[3-5]", "ports:[1-2,6-9]"],
    ["ports:[1-9]", "ports:[1-1,9-9,4-4]", "ports:[2-3,5-8]"],
    ["ports:[1-3,5-7]", "ports:[2-6]", "ports:[1-1,7-7]"],
    ["ports:[1-3]", "ports:[0-10]", ""],
    ["zones:{a,b}", "zones:{b,c}", "zones:{a}"],
    ["cpus:1;mem:2", "cpus(eng):1;mem:1", "cpus:1;mem:1"],
  ])("%s less %s leaves %s", (from, taken, left) => {
    expect(subtractResources(parseResources(from), parseResources(taken))).toEqual(parseResources(left));
  });

  it("keeps types apart when names are the same", () => {
    const a = parseResources("x:1;x:{a}");
    expect(addResources(a, [])).toHaveLength(2);
    expect(containsResources(a, parseResources("x:[1-1]"))).toBe(false);
  });
});

describe("identity", () => {
  const cpus: Resource = { name: "cpus", type: "SCALAR", scalar: { value: 1 } };
  const disk: Resource = { name: "disk", type: "SCALAR", scalar: { value: 10 } };
  const dynamic = (labels: string[]): Resource => ({
    ...cpus,
    reservations: [{ type: "DYNAMIC", role: "a", labels: { labels: labels.map((key) => ({ key })) } }],
  });

  it.each<[string, Resource, Resource]>([
    [
      "a role and a stack of one static reservation",
      { ...cpus, role: "a" },
      { ...cpus, reservations: [{ type: "STATIC", role: "a" }] },
    ],
    [
      "a reservation and a stack of a dynamic one",
      { ...cpus, role: "a", reservation: { principal: "p" } },
      { ...cpus, reservations: [{ type: "DYNAMIC", role: "a", principal: "p" }] },
    ],
    ["no role and *", cpus, { ...cpus, role: "*" }],
    ["labels in another order", dynamic(["x", "y"]), dynamic(["y", "x"])],
    ["empty reservations", cpus, { ...cpus, reservations: [] }],
    [
      "path disks",
      { ...disk, disk: { source: { type: "PATH", path: { root: "/a" } } } },
      { ...disk, disk: { source: { type: "PATH", path: { root: "/a" } } } },
    ],
  ])("is the same with %s", (_, a, b) => {
    expect(addResources([a], [b])).toHaveLength(1);
    expect(containsResources([a], [b])).toBe(true);
  });

  it.each<[string, Resource, Resource]>([
    ["a static and a dynamic reservation", { ...cpus, role: "a" }, { ...cpus, role: "a", reservation: {} }],
    ["principals", { ...cpus, role: "a", reservation: {} }, { ...cpus, role: "a", reservation: { principal: "" } }],
    ["labels", dynamic(["x"]), dynamic(["x", "x"])],
    ["allocations", cpus, withAllocation([cpus], "*")[0]!],
    ["revocable", cpus, { ...cpus, revocable: {} }],
    ["providers", cpus, { ...cpus, providerId: { value: "p" } }],
    [
      "path disks",
      { ...disk, disk: { source: { type: "PATH", path: { root: "/a" } } } },
      { ...disk, disk: { source: { type: "PATH", path: { root: "/b" } } } },
    ],
    ["disks of a path and none", disk, { ...disk, disk: { source: { type: "PATH" } } }],
  ])("is another with other %s", (_, a, b) => {
    expect(addResources([a], [b])).toHaveLength(2);
    expect(containsResources([a], [b])).toBe(false);
    expect(containsResources([b], [a])).toBe(false);
  });

  it("neither joins nor divides volumes and whole disks", () => {
    const volume: Resource = {
      ...disk,
      disk: { persistence: { id: "v" }, volume: { containerPath: "data", mode: "RW" } },
    };
    const mount: Resource = { ...disk, disk: { source: { type: "MOUNT", mount: { root: "/mnt" } } } };
    for (const whole of [volume, mount]) {
      const half = { ...whole, scalar: { value: 5 } };
      expect(addResources([whole], [whole])).toHaveLength(2);
      expect(containsResources([whole], [half])).toBe(false);
      expect(subtractResources([whole], [half])).toEqual([whole]);
      expect(subtractResources([whole, whole], [whole])).toEqual([whole]);
    }
    const elsewhere: Resource = { ...volume, disk: { persistence: { id: "v", principal: "p" } } };
    expect(containsResources([volume], [elsewhere])).toBe(true);
  });

  it("counts the copies of a shared volume, and its size once", () => {
    const shared: Resource = { ...disk, disk: { persistence: { id: "v" } }, shared: {} };
    expect(containsResources([shared], [shared, shared])).toBe(false);
    expect(containsResources([shared, shared], [shared, shared])).toBe(true);
    expect(scalarOf([shared, shared], "disk")).toBe(10);
  });
});
