import type { Resource } from "@berth/proto/v1";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allocationRoleOf,
  formatResources,
  reservationRoleOf,
  toEndpointFormat,
  toPostReservationRefinement,
  toPreReservationRefinement,
  validateResources,
  withAllocation,
  withoutAllocation,
} from "../src/index.ts";
import { mixedResources, plainResources, postResources } from "./arbitraries.ts";

describe("reservation formats", () => {
  it("comes back from a round of both", () => {
    fc.assert(
      fc.property(plainResources, (post) => {
        const pre = toPreReservationRefinement(post) ?? [];
        expect(toPostReservationRefinement(pre)).toEqual(post);
        expect(toPreReservationRefinement(toPostReservationRefinement(pre))).toEqual(pre);
        expect(pre.every(({ role, reservations }) => role !== undefined && reservations === undefined)).toBe(true);
      }),
    );
  });

  it("takes the endpoint format back as well", () => {
    fc.assert(
      fc.property(postResources, (post) => {
        expect(toPostReservationRefinement(toEndpointFormat(post))).toEqual(post);
        expect(toEndpointFormat(toEndpointFormat(post))).toEqual(toEndpointFormat(post));
      }),
    );
  });

  it("makes only what validates", () => {
    fc.assert(
      fc.property(mixedResources, postResources, (mixed, post) => {
        expect(validateResources(mixed)).toBeUndefined();
        expect(validateResources(toPreReservationRefinement(mixed) ?? [])).toBeUndefined();
        expect(validateResources(post)).toBeUndefined();
      }),
    );
  });

  const cpus: Resource = { name: "cpus", type: "SCALAR", scalar: { value: 1 } };
  const refined: Resource = {
    ...cpus,
    reservations: [
      { type: "STATIC", role: "a" },
      { type: "DYNAMIC", role: "a/b", principal: "p" },
    ],
  };

  it("cannot say a refined reservation in the old format", () => {
    expect(toPreReservationRefinement([cpus, refined])).toBeUndefined();
    expect(toEndpointFormat([refined])).toEqual([refined]);
    expect(reservationRoleOf(refined)).toBe("a/b");
    expect(reservationRoleOf(cpus)).toBe("*");
  });

  it("shows both in the endpoint format", () => {
    const dynamic = { type: "DYNAMIC", role: "a", principal: "p" } as const;
    expect(toEndpointFormat([cpus, { ...cpus, reservations: [dynamic] }])).toEqual([
      { ...cpus, role: "*" },
      { ...cpus, role: "a", reservation: { principal: "p" }, reservations: [dynamic] },
    ]);
  });

  it("notes and forgets allocations", () => {
    const allocated = withAllocation([cpus, refined], "a");
    expect(allocationRoleOf(allocated)).toBe("a");
    expect(allocationRoleOf([cpus])).toBeUndefined();
    expect(withoutAllocation(allocated)).toEqual([cpus, refined]);
  });

  it("writes them for people", () => {
    expect(formatResources([])).toBe("{}");
    expect(
      formatResources([
        ...withAllocation([cpus], "web"),
        refined,
        { ...cpus, revocable: {} },
        { name: "ports", type: "RANGES", ranges: { range: [{ begin: 1n, end: 2n }] } },
        { name: "zones", type: "SET", set: { item: ["a", "b"] } },
        { name: "disk", type: "SCALAR", scalar: { value: 5 }, disk: { persistence: { id: "v" } }, shared: {} },
        {
          name: "disk",
          type: "SCALAR",
          scalar: { value: 5 },
          disk: { source: { type: "MOUNT", mount: { root: "/m" } } },
        },
      ]),
    ).toBe(
      "cpus(allocated: web):1; cpus(reservations: [(STATIC,a),(DYNAMIC,a/b,p)]):1; cpus{REV}:1; " +
        "ports:[1-2]; zones:{a, b}; disk[v]<SHARED>:5; disk[MOUNT:/m]:5",
    );
  });
});

describe("validation", () => {
  const cpus: Resource = { name: "cpus", type: "SCALAR", scalar: { value: 1 } };
  const ranges = (...range: { begin: bigint; end: bigint }[]): Resource => ({
    name: "p",
    type: "RANGES",
    ranges: { range },
  });
  const stack = (...reservations: NonNullable<Resource["reservations"]>): Resource => ({ ...cpus, reservations });

  it.each<[string, Resource]>([
    ["a resource has no name", { type: "SCALAR", scalar: { value: 1 } }],
    ["cpus: the type is SCALAR, RANGES or SET", { name: "cpus", type: "TEXT" }],
    ["cpus: the type is SCALAR, but its value is missing", { name: "cpus", type: "SCALAR" }],
    ["cpus: the type is SCALAR, the value SET", { ...cpus, set: {} }],
    ["cpus: the scalar has no value", { ...cpus, scalar: {} }],
    ["cpus: the value is no finite number", { ...cpus, scalar: { value: NaN } }],
    ["cpus: the value -0.001 is below zero", { ...cpus, scalar: { value: -0.001 } }],
    ["p: the range 2-1 ends before it begins", ranges({ begin: 2n, end: 1n })],
    ["p: the ranges 1-5 and 5-6 overlap", ranges({ begin: 5n, end: 6n }, { begin: 1n, end: 5n })],
    ["z: a is twice in the set", { name: "z", type: "SET", set: { item: ["a", "b", "a"] } }],
    ["cpus: a role has a name", { ...cpus, role: "" }],
    ["cpus: no part of a role begins with -", { ...cpus, role: "a/-b" }],
    ["cpus: .. is no part of a role", { ...cpus, role: "a/.." }],
    ["cpus: * is no part of a role", { ...cpus, role: "a/*" }],
    ["cpus: a role neither begins nor ends with /, and has no // in it", { ...cpus, role: "a/" }],
    ["cpus: a dynamic reservation needs a role other than *", { ...cpus, reservation: {}, role: "*" }],
    [
      "cpus: reservation.type and reservation.role belong into reservations",
      { ...cpus, reservation: { role: "a" }, role: "a" },
    ],
    ["cpus: the type of a reservation is STATIC or DYNAMIC", stack({ role: "a" })],
    ["cpus: a reservation needs a role", stack({ type: "STATIC" })],
    ["cpus: nothing can be reserved for *", stack({ type: "STATIC", role: "*" })],
    [
      "cpus: only the first reservation may be STATIC",
      stack({ type: "DYNAMIC", role: "a" }, { type: "STATIC", role: "a/b" }),
    ],
    ["cpus: the role ab is not below a", stack({ type: "STATIC", role: "a" }, { type: "DYNAMIC", role: "ab" })],
    ["cpus: only disk can have disk information", { ...cpus, disk: {} }],
    ["cpus: only a persistent volume can be shared", { ...cpus, shared: {} }],
    [
      "disk: a disk of another type than PATH has no path",
      { ...cpus, name: "disk", disk: { source: { type: "MOUNT", path: {} } } },
    ],
    [
      "disk: a disk of another type than MOUNT has no mount",
      { ...cpus, name: "disk", disk: { source: { type: "PATH", mount: {} } } },
    ],
  ])("%s", (fault, resource) => {
    expect(validateResources([cpus, resource])).toBe(fault);
  });

  it("takes nothing of a kind", () => {
    expect(
      validateResources([{ ...cpus, scalar: { value: 0 } }, ranges(), { name: "z", type: "SET", set: {} }]),
    ).toBeUndefined();
  });
});
