import type { Offer_Operation, Resource } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import {
  applyCheckpointedResources,
  applyOperation,
  containsResources,
  parseResources,
  toPreReservationRefinement,
  withAllocation,
} from "../src/index.ts";

const total = parseResources("cpus:4;disk:100;disk(eng):50");
const reservation = { type: "DYNAMIC", role: "eng", principal: "p" } as const;
const reserved: Resource = { name: "disk", type: "SCALAR", scalar: { value: 40 }, reservations: [reservation] };
const volume: Resource = {
  ...reserved,
  scalar: { value: 10 },
  disk: { persistence: { id: "v1", principal: "p" }, volume: { containerPath: "data", mode: "RW" } },
};
const reserve: Offer_Operation = { type: "RESERVE", reserve: { resources: [reserved] } };
const create: Offer_Operation = { type: "CREATE", create: { volumes: [volume] } };

function after(from: readonly Resource[], ...operations: readonly Offer_Operation[]): Resource[] {
  let resources = [...from];
  for (const operation of operations) {
    const result = applyOperation(resources, operation);
    if (!result.ok) throw new Error(result.reason);
    resources = result.resources;
  }
  return resources;
}

describe("applyOperation", () => {
  it("reserves, creates, destroys and unreserves", () => {
    const made = after(total, reserve, create);
    expect(made).toEqual([
      ...parseResources("cpus:4;disk:60;disk(eng):50"),
      { ...reserved, scalar: { value: 30 } },
      volume,
    ]);
    const undone = after(
      made,
      { type: "DESTROY", destroy: { volumes: [volume] } },
      { type: "UNRESERVE", unreserve: { resources: [reserved] } },
    );
    expect(containsResources(undone, total) && containsResources(total, undone)).toBe(true);
  });

  it("takes the old format, and allocated resources of an offer", () => {
    const offered = withAllocation(toPreReservationRefinement(total) ?? [], "eng");
    const resources = withAllocation(toPreReservationRefinement([reserved]) ?? [], "eng");
    expect(after(offered, { type: "RESERVE", reserve: { resources } })).toEqual(
      withAllocation(after(total, reserve), "eng"),
    );
  });

  it("refines a static reservation", () => {
    const refined: Resource = {
      name: "disk",
      type: "SCALAR",
      scalar: { value: 50 },
      reservations: [
        { type: "STATIC", role: "eng" },
        { type: "DYNAMIC", role: "eng/web" },
      ],
    };
    expect(after(total, { type: "RESERVE", reserve: { resources: [refined] } })).toEqual([
      ...parseResources("cpus:4;disk:100"),
      refined,
    ]);
  });

  it.each<[string, Offer_Operation]>([
    ["not available: disk(reservations: [(DYNAMIC,eng,p)]):10", create],
    ["not available: disk:400", { type: "RESERVE", reserve: { resources: [{ ...reserved, scalar: { value: 400 } }] } }],
    [
      "only dynamic reservations can be made: disk:1",
      { type: "RESERVE", reserve: { resources: parseResources("disk:1") } },
    ],
    [
      "only dynamic reservations can be undone: disk(reservations: [(STATIC,eng)]):50",
      { type: "UNRESERVE", unreserve: { resources: parseResources("disk(eng):50") } },
    ],
    [
      "a persistent volume is destroyed before it is unreserved: disk(reservations: [(DYNAMIC,eng,p)])[v1,data]:10",
      { type: "UNRESERVE", unreserve: { resources: [volume] } },
    ],
    [
      "only persistent volumes can be created: disk(reservations: [(DYNAMIC,eng,p)]):40",
      { type: "CREATE", create: { volumes: [reserved] } },
    ],
    [
      "only persistent volumes can be destroyed: disk(reservations: [(DYNAMIC,eng,p)]):40",
      { type: "DESTROY", destroy: { volumes: [reserved] } },
    ],
    [
      "disk: the value -1 is below zero",
      { type: "RESERVE", reserve: { resources: [{ ...reserved, scalar: { value: -1 } }] } },
    ],
    ["LAUNCH does not change resources here", { type: "LAUNCH" }],
    ["an operation without a type does not change resources here", {}],
  ])("refuses: %s", (reason, operation) => {
    expect(applyOperation(total, operation)).toEqual({ ok: false, reason });
  });
});

describe("applyCheckpointedResources", () => {
  it("makes reservations and volumes out of what the flags gave", () => {
    const refinedVolume: Resource = {
      ...volume,
      scalar: { value: 20 },
      reservations: [
        { type: "STATIC", role: "eng" },
        { type: "DYNAMIC", role: "eng/web" },
      ],
    };
    const rest = { ...reserved, scalar: { value: 30 } };
    expect(applyCheckpointedResources(total, [rest, volume, refinedVolume])).toEqual({
      ok: true,
      resources: [...parseResources("cpus:4;disk:60;disk(eng):30"), rest, volume, refinedVolume],
    });
  });

  it("refuses what is not there any more", () => {
    expect(applyCheckpointedResources(parseResources("disk:5"), [volume])).toEqual({
      ok: false,
      reason: "not available: disk:10",
    });
  });
});
