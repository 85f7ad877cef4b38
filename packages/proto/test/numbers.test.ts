import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Address, DurationInfo, ResourceStatistics, Value_Scalar } from "../src/gen/mesos/v1/mesos.ts";
import type { MessageCodec } from "../src/index.ts";
import { parseMessage, toMesosJson } from "../src/index.ts";
import { decimalInteger } from "../src/json/decimal-integer.ts";

describe("64-bit integers", () => {
  it.each([
    ["9007199254740993", 9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ['"9007199254740993"', 9007199254740993n],
    ["1.5e3", 1500n],
    ["2.0", 2n],
    ["-0", 0n],
    ["0e999", 0n],
  ])("%s in text is exact", (digits, nanoseconds) => {
    expect(parseMessage(DurationInfo, `{"nanoseconds":${digits}}`)).toStrictEqual({ ok: true, value: { nanoseconds } });
  });

  it("are written as numbers, exactly", () => {
    expect(toMesosJson(DurationInfo, { nanoseconds: -9007199254740993n })).toBe('{"nanoseconds":-9007199254740993}');
  });

  it("in a value may be bigint or string; a number that JavaScript has rounded is refused", () => {
    expect(parseMessage(DurationInfo, { nanoseconds: 9007199254740993n })).toMatchObject({ ok: true });
    expect(parseMessage(DurationInfo, { nanoseconds: "9007199254740993" })).toMatchObject({ ok: true });
    expect(parseMessage(DurationInfo, { nanoseconds: 2 ** 53 })).toMatchObject({ faults: [{ code: "out-of-range" }] });
  });
});

describe("refused numbers", () => {
  it.each<[MessageCodec<object>, string, string]>([
    [DurationInfo, '{"nanoseconds":9223372036854775808}', "out-of-range"],
    [DurationInfo, '{"nanoseconds":1e400}', "out-of-range"],
    [DurationInfo, `{"nanoseconds":${"9".repeat(500)}}`, "out-of-range"],
    [DurationInfo, '{"nanoseconds":0.5}', "wrong-type"],
    [DurationInfo, '{"nanoseconds":"0x10"}', "wrong-type"],
    [DurationInfo, '{"nanoseconds":""}', "wrong-type"],
    [DurationInfo, '{"nanoseconds":" 1"}', "wrong-type"],
    [Address, '{"port":2147483648}', "out-of-range"],
    [Address, '{"port":"-2147483649"}', "out-of-range"],
    [ResourceStatistics, '{"timestamp":1,"processes":-1}', "out-of-range"],
    [ResourceStatistics, '{"timestamp":1,"processes":4294967296}', "out-of-range"],
    [ResourceStatistics, '{"timestamp":1,"mem_rss_bytes":18446744073709551616}', "out-of-range"],
    [Value_Scalar, '{"value":1e999}', "out-of-range"],
    [Value_Scalar, '{"value":"inf"}', "wrong-type"],
    [Value_Scalar, '{"value":true}', "wrong-type"],
  ])("%o %s", (codec, text, code) => {
    expect(parseMessage(codec, text)).toMatchObject({ ok: false, faults: [{ code }] });
  });
});

describe("doubles", () => {
  it.each([
    [32, "32.0"],
    [0.1, "0.1"],
    [-0, "-0.0"],
    [1795402933.893459, "1795402933.893459"],
    [1e20, "100000000000000000000.0"],
    [1e21, "1e21"],
    [1.5e-7, "1.5e-7"],
    [Infinity, '"Infinity"'],
    [-Infinity, '"-Infinity"'],
    [NaN, '"NaN"'],
  ])("%d is written %s and read again", (value, digits) => {
    expect(toMesosJson(Value_Scalar, { value })).toBe(`{"value":${digits}}`);
    expect(parseMessage(Value_Scalar, `{"value":${digits}}`)).toStrictEqual({ ok: true, value: { value } });
  });

  it("may be decimal strings", () => {
    expect(parseMessage(Value_Scalar, '{"value":"1e-1"}')).toStrictEqual({ ok: true, value: { value: 0.1 } });
  });
});

it("decimalInteger agrees with Number wherever a double is exact", () => {
  const exact = fc.integer({ min: -(2 ** 32), max: 2 ** 32 });
  fc.assert(
    fc.property(exact, fc.integer({ min: -6, max: 6 }), (mantissa, exponent) => {
      const text = `${mantissa}e${exponent}`;
      const expected = Number(text);
      expect(decimalInteger(text)).toBe(Number.isInteger(expected) ? BigInt(expected) : "not-an-integer");
    }),
  );
});
