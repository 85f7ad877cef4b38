import type { Resource } from "@berth/proto/v1";
import * as fc from "fast-check";
import { toPreReservationRefinement } from "../src/index.ts";

const scalarValue = fc.integer({ min: 1, max: 10_000_000 }).map((thousandths) => ({
  type: "SCALAR" as const,
  scalar: { value: thousandths / 1000 },
}));

const rangesValue = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 8 })
  .map((points) => ({ type: "RANGES" as const, ranges: { range: points.map(toRange) } }));

const setValue = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 })
  .map((item) => ({ type: "SET" as const, set: { item } }));

/** Three of a number apart, so that no two overlap and some are neighbours after a union. */
function toRange(point: number) {
  const begin = BigInt(point) * 3n;
  return { begin, end: begin + BigInt(point % 3) };
}

const named = fc.oneof(
  fc.tuple(fc.constantFrom("cpus", "mem"), scalarValue),
  fc.tuple(fc.constant("ports"), rangesValue),
  fc.tuple(fc.constant("zones"), setValue),
);

const oneReservation = fc.constantFrom<NonNullable<Resource["reservations"]>>(
  [],
  [{ type: "STATIC", role: "eng" }],
  [{ type: "DYNAMIC", role: "eng" }],
  [{ type: "DYNAMIC", role: "ops", principal: "p", labels: { labels: [{ key: "k", value: "v" }] } }],
);

const anyReservation = fc.oneof(
  oneReservation,
  fc.constant<NonNullable<Resource["reservations"]>>([
    { type: "STATIC", role: "eng" },
    { type: "DYNAMIC", role: "eng/web", principal: "q" },
  ]),
);

function resourceWith(reservations: fc.Arbitrary<NonNullable<Resource["reservations"]>>): fc.Arbitrary<Resource> {
  return fc
    .record({
      named,
      reservations,
      allocation: fc.constantFrom(undefined, "eng", "*"),
      revocable: fc.boolean(),
    })
    .map(({ named: [name, value], reservations: stack, allocation, revocable }) => ({
      name,
      ...value,
      ...(stack.length > 0 && { reservations: stack }),
      ...(allocation !== undefined && { allocationInfo: { role: allocation } }),
      ...(revocable && { revocable: {} }),
    }));
}

/** In post-reservation-refinement format, reserved once at most. */
export const plainResources = fc.array(resourceWith(oneReservation), { maxLength: 12 });

/** In post-reservation-refinement format, refined ones among them. */
export const postResources = fc.array(resourceWith(anyReservation), { maxLength: 12 });

/** Some in one format, some in the other. */
export const mixedResources = fc
  .tuple(plainResources, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
  .map(([resources, flips]) =>
    resources.map((resource, index) =>
      flips[index] ? (toPreReservationRefinement([resource])?.[0] ?? resource) : resource,
    ),
  );

export const scalarResources = fc.array(
  fc.tuple(fc.constantFrom("cpus", "mem"), scalarValue).map(([name, value]): Resource => ({ name, ...value })),
  { maxLength: 12 },
);
