import type { CgroupUsage } from "@berth/cgroups";
import type { Resource } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import { resourceAmounts } from "../src/resource-amounts.ts";
import { updateBody } from "../src/update.ts";

const megabyte = 1024 * 1024;
const scalar = (name: string, value: number): Resource => ({ name, type: "SCALAR", scalar: { value } });
const amounts = (cpus: number, mem: number, limits?: Record<string, { value: number }>, cfs = false) =>
  resourceAmounts([scalar("cpus", cpus), scalar("mem", mem)], limits, { cfs });

describe("resource amounts", () => {
  it("sums what is given in parts", () => {
    expect(resourceAmounts([scalar("mem", 40), scalar("mem", 24)], undefined, { cfs: false }).memoryHardBytes).toBe(
      64 * megabyte,
    );
  });

  it("counts parts as one number", () => {
    const parts = [scalar("cpus", 0.7), scalar("cpus", 0.1), scalar("cpus", 0.2)];
    expect(resourceAmounts(parts, undefined, { cfs: false }).cpuShares).toBe(1024);
  });

  it("never goes below what a container needs to live", () => {
    expect(amounts(0.001, 1)).toMatchObject({
      cpuShares: 2,
      memorySoftBytes: 32 * megabyte,
      memoryHardBytes: 32 * megabyte,
    });
  });

  it("has a quota from a limit, or from the request with cfs", () => {
    expect(amounts(1, 64).cpuQuotaMicroseconds).toBeUndefined();
    expect(amounts(1, 64, undefined, true).cpuQuotaMicroseconds).toBe(100_000);
    expect(amounts(1, 64, { cpus: { value: 2 } }).cpuQuotaMicroseconds).toBe(200_000);
  });
});

describe("the engine's update", () => {
  const context = (usage?: CgroupUsage) => ({
    currentMemoryHardBytes: 128 * megabyte,
    usage,
    hostMemoryBytes: 8192 * megabyte,
  });

  it("raises the hard limit whatever is in use", () => {
    expect(updateBody(amounts(1, 256), context())).toEqual({
      CpuShares: 1024,
      Memory: 256 * megabyte,
      MemorySwap: 512 * megabyte,
      MemoryReservation: 256 * megabyte,
    });
  });

  it("lowers it when what cannot be given back fits, page cache or not", () => {
    const usage = { memAnonBytes: 50 * megabyte, memTotalBytes: 120 * megabyte };
    expect(updateBody(amounts(1, 64), context(usage)).Memory).toBe(64 * megabyte);
  });

  it("leaves it when more is in use, or nobody knows", () => {
    expect(updateBody(amounts(1, 64), context({ memAnonBytes: 100 * megabyte })).Memory).toBeUndefined();
    expect(updateBody(amounts(1, 64), context()).Memory).toBeUndefined();
    const shared = { memAnonBytes: 10 * megabyte, memShmemBytes: 60 * megabyte, memFileBytes: 60 * megabyte };
    expect(updateBody(amounts(1, 64), context(shared)).Memory).toBeUndefined();
  });

  it("takes limits away at Infinity", () => {
    const infinite = { cpus: { value: Infinity }, mem: { value: Infinity } };
    const body = updateBody(amounts(1, 64, infinite), context());
    expect(body).toMatchObject({
      CpuQuota: -1,
      Memory: 8192 * megabyte,
      MemorySwap: 16_384 * megabyte,
      MemoryReservation: 64 * megabyte,
    });
  });
});
