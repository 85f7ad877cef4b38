import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatPid, nullPid, parsePid, samePid } from "../src/index.ts";

const host = fc.oneof(fc.ipV4(), fc.domain());
const pid = fc.record({
  id: fc.string({ unit: fc.constantFrom(...Array.from("abzAZ09()-_.%/ü")), maxLength: 20 }),
  host,
  port: fc.integer({ min: 0, max: 65_535 }),
});

test("what is formatted is parsed to the same", () => {
  fc.assert(
    fc.property(pid, (each) => {
      const parsed = parsePid(formatPid(each));
      expect(parsed).toEqual(each);
      expect(parsePid(`  ${formatPid(each)}\r\n`.replace("\r\n", " "))).toEqual(
        each.id === each.id.trimStart() ? each : { ...each, id: each.id.trimStart() },
      );
    }),
  );
});

test("what is parsed is formatted to the same, and nothing makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z()@:. 0-9]{0,30}$/)), (text) => {
      const parsed = parsePid(text);
      if (parsed === undefined) return;
      expect(parsePid(formatPid(parsed))).toEqual(parsed);
      expect(parsed.port).toBeLessThanOrEqual(65_535);
      expect(parsed.host).not.toMatch(/[\s@:/]/);
    }),
  );
});

test.each(["", "master", "master@", "master@host", "master@host:", "master@host:x", "master@host:65536", "master@:1"])(
  "%j is no PID",
  (text) => expect(parsePid(text)).toBeUndefined(),
);

test("the PID of an HTTP framework is the null PID", () => {
  expect(parsePid("@0.0.0.0:0")).toEqual(nullPid);
  expect(samePid(nullPid, { id: "", host: "0.0.0.0", port: 0 })).toBe(true);
  expect(samePid(nullPid, { id: "a", host: "0.0.0.0", port: 0 })).toBe(false);
});
