import type { Attribute } from "@berth/proto/v1";
import { ResourcesError } from "./errors.ts";
import { parseValue } from "./parse-value.ts";
import { piecesOf, placeOf } from "./text-place.ts";

/**
 * Reads `rack:r1;weight:2.5;ports:[1-5]`. The shape of a value says its type: number, ranges or text; a text may hold colons and loses its
 * blanks. Throws ResourcesError `malformed-attributes`, also for a set: an attribute cannot be one.
 */
export function parseAttributes(text: string): Attribute[] {
  return piecesOf(text).map((piece) => {
    const fail = (what: string, offset: number) =>
      new ResourcesError("malformed-attributes", what, placeOf(text, piece.offset + offset));
    const colon = piece.text.indexOf(":");
    if (colon === -1) throw fail(`${piece.text} has no value; an attribute is written rack:r1`, 0);
    const name = piece.text.slice(0, colon).trim();
    if (name === "") throw fail("the attribute has no name", 0);
    const parsed = parseValue(piece.text.slice(colon + 1));
    if (!parsed.ok) throw fail(`${name}: ${parsed.what}`, colon + 1 + parsed.offset);
    if (parsed.value.type === "SET") throw fail(`${name}: an attribute cannot be a set`, colon + 1);
    return { name, ...parsed.value };
  });
}
