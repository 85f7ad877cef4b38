import type { Resource } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import { resourceStatistics } from "../src/usage.ts";

const resources: readonly Resource[] = [
  { name: "cpus", type: "SCALAR", scalar: { value: 1 } },
  { name: "mem", type: "SCALAR", scalar: { value: 1024 } },
];
const context = { nowMs: 1_500, cfs: false, host: { cpus: 4, memoryBytes: 8 * 1024 ** 3 } };
const gigabyte = 1024n ** 3n;

describe("resource statistics", () => {
  it("have what the kernel counts and what was asked for", () => {
    const usage = { cpusUserTimeSecs: 2, cpusSystemTimeSecs: 1, memRssBytes: 4096, processes: 3 };
    expect(resourceStatistics(usage, resources, { cpus: { value: 2 }, mem: { value: 2048 } }, context)).toEqual({
      timestamp: 1.5,
      processes: 3,
      cpusUserTimeSecs: 2,
      cpusSystemTimeSecs: 1,
      cpusSoftLimit: 1,
      cpusLimit: 2,
      memRssBytes: 4096n,
      memLimitBytes: 2n * gigabyte,
      memSoftLimitBytes: gigabyte,
    });
  });

  it("hold no key for what could not be read", () => {
    expect(Object.keys(resourceStatistics({}, [], undefined, context))).toEqual(["timestamp"]);
  });

  it("put the host's capacity in the place of infinity", () => {
    const infinite = { cpus: { value: Infinity }, mem: { value: Infinity } };
    expect(resourceStatistics({}, resources, infinite, context)).toMatchObject({
      cpusLimit: 4,
      memLimitBytes: 8n * gigabyte,
    });
  });

  it("have the request as cpu limit only with cfs", () => {
    expect(resourceStatistics({}, resources, undefined, context).cpusLimit).toBeUndefined();
    expect(resourceStatistics({}, resources, undefined, { ...context, cfs: true }).cpusLimit).toBe(1);
  });
});
