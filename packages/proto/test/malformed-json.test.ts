import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Labels } from "../src/gen/mesos/v1/mesos.ts";
import { formatFault, parseMessage } from "../src/index.ts";
import { readJsonText } from "../src/json/read-json-text.ts";

describe("malformed JSON", () => {
  it.each([
    ["", "line 1, column 1: malformed JSON: the text is empty"],
    [" \n ", "line 2, column 2: malformed JSON: the text is empty"],
    ["{", "line 1, column 2: malformed JSON: the text ends in the middle of a value"],
    ['{"labels":[\n', "line 2, column 1: malformed JSON: the text ends in the middle of a value"],
    ['{"a":1,\n}', "line 2, column 1: malformed JSON: no comma may stand before a closing brace or bracket"],
    ["[1,]", "line 1, column 4: malformed JSON: no comma may stand before a closing brace or bracket"],
    ['{"a" 1}', "line 1, column 6: malformed JSON: expected a colon after the name"],
    ['{"a":1\n "b":2}', "line 2, column 2: malformed JSON: expected a comma"],
    ["{a:1}", "line 1, column 2: malformed JSON: unexpected character"],
    ['{"a":"b\nc"}', "line 1, column 6: malformed JSON: the string has no closing quote on its line"],
    ['{"a":"\\x"}', "line 1, column 6: malformed JSON: the string has an invalid escape sequence"],
    ['{"a":01}', "line 1, column 7: malformed JSON: expected a comma"],
    ['{"a":1.}', "line 1, column 6: malformed JSON: the number ends too early"],
    ["// no\n{}", "line 1, column 1: malformed JSON: JSON has no comments"],
    ["{} {}", "line 1, column 4: malformed JSON: unexpected text after the end of the value"],
  ])("%j", (text, message) => {
    const parsed = parseMessage(Labels, text);
    expect(parsed.ok ? [] : parsed.faults.map(formatFault)).toEqual([message]);
    expect(parsed).toMatchObject({ faults: [{ code: "malformed-json" }] });
  });

  it.each([
    ["text", "[".repeat(100_000)],
    ["a value", nested(5000)],
  ])("ends at the depth limit, given as %s", (_how, input) => {
    expect(parseMessage(Labels, input)).toMatchObject({ ok: false, faults: [{ code: "too-deep" }] });
  });

  it("is what JSON.parse calls malformed, and nothing else", () => {
    // Valid texts with a few characters changed: most are broken, some are still JSON.
    const characters = '{}[]",:\\0123.-+eE ntfu/*\n\t\u0001'.split("");
    const edits = fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...characters)), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), edits, fc.boolean(), (json, changes, insert) => {
        let text = json;
        for (const [at, character] of changes) {
          const index = at % (text.length + 1);
          text = text.slice(0, index) + character + text.slice(insert ? index : index + 1);
        }
        expect(readJsonText(text).ok, text).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
