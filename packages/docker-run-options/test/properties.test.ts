import * as fc from "fast-check";
import { expect, it } from "vitest";
import { runOptions } from "../src/option-table.ts";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { csvText } from "../src/render/csv-text.ts";
import { byteSizeText, cpusText, durationText } from "../src/render/quantities.ts";
import { parseByteSize } from "../src/values/byte-size.ts";
import { parseCpus } from "../src/values/cpus.ts";
import { parseCsvRecord } from "../src/values/csv-record.ts";
import { parseDuration } from "../src/values/go-duration.ts";

const anyKey = fc.constantFrom(...runOptions.map(({ name }) => name));
// Pieces of the grammars, so that the readers get further than with plain noise.
const anyValue = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(":", "=", ",", "/", '"', "-", ".", "0", "80", "a", "type", "target", "name", "/dev/", "tcp", " "),
      {
        maxLength: 12,
      },
    )
    .map((pieces) => pieces.join("")),
);

it("answers any list with a result, never an exception", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: anyKey, value: anyValue }), { maxLength: 5 }), (parameters) => {
      const result = parseRunOptions(parameters, { apiVersion: "1.41" });
      const body = result.ok ? result.options.body : {};
      // What JSON cannot carry would reach the engine as something else.
      expect(JSON.parse(JSON.stringify(body))).toEqual(body);
      const faults = result.ok ? [] : result.faults;
      expect(faults.map(({ key }) => key)).toEqual(faults.map(({ index }) => parameters[index]?.key));
    }),
    { numRuns: 2000 },
  );
});

it("reads back the csv that it writes", () => {
  // A first empty field alone is an empty line, which csv skips.
  const fields = fc.array(
    fc.string({ unit: "binary" }).filter((text) => !text.includes("\r")),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(fields, (record) => {
      fc.pre(record.length > 1 || record[0] !== "");
      expect(parseCsvRecord(csvText(record))).toEqual(record);
    }),
  );
});

it("reads back the quantities that it writes", () => {
  const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const same = fc.property(whole, (amount) => {
    expect(parseByteSize(byteSizeText(amount))).toBe(amount);
    expect(parseDuration(durationText(amount))).toBe(amount);
    expect(parseCpus(cpusText(amount))).toBe(amount);
  });
  fc.assert(same);
});
