import { array, assert, constantFrom, integer, property, string } from "fast-check";
import { expect, test } from "vitest";
import { modeText } from "../src/files/file-info.ts";
import { createFileRoots } from "../src/files/file-roots.ts";
import { wholeCharacters } from "../src/files/whole-characters.ts";

test("the longest root is the one, whatever slashes and dots are in the way", () => {
  const roots = createFileRoots();
  roots.attach("/a", "/real/a");
  roots.attach("/a/b/", "/real/b");
  expect(roots.locate("/a/b/c")).toEqual({ root: "/real/b", segments: ["c"] });
  expect(roots.locate("//a/./b//c/")).toEqual({ root: "/real/b", segments: ["c"] });
  expect(roots.locate("/a/bc")).toEqual({ root: "/real/a", segments: ["bc"] });
  expect(roots.locate("/a")).toEqual({ root: "/real/a", segments: [] });
  for (const path of ["/", "", "a", "/b", "/a/..", "/a/../a", "/a/b\0"]) expect(roots.locate(path)).toBeUndefined();
});

test("no path whatever locates a name that is empty, a dot or two dots", () => {
  const roots = createFileRoots();
  roots.attach("/a", "/real");
  const piece = constantFrom("a", "..", ".", "", "/", "%2e", "..%2f", "\0", "b..", "…");
  assert(
    property(array(piece), (pieces) => {
      const located = roots.locate(`/a/${pieces.join("/")}`);
      for (const segment of located?.segments ?? []) {
        expect(["", ".", ".."]).not.toContain(segment);
        expect(segment).not.toMatch(/[/\0]/);
      }
    }),
  );
});

test("a text that is read in pieces is put together again, wherever the pieces end", () => {
  assert(
    property(string({ unit: "grapheme" }), integer({ min: 4, max: 9 }), (text, pieceBytes) => {
      const bytes = Buffer.from(text);
      let read = "";
      for (let offset = 0; offset < bytes.length;) {
        const piece = bytes.subarray(offset, offset + pieceBytes);
        const end = offset + piece.length === bytes.length ? piece.length : wholeCharacters(piece);
        expect(end).toBeGreaterThan(0);
        read += piece.subarray(0, end).toString("utf8");
        offset += end;
      }
      expect(read).toBe(text);
    }),
  );
});

test.each([
  [0o100644, "-rw-r--r--"],
  [0o040755, "drwxr-xr-x"],
  [0o120777, "lrwxrwxrwx"],
  [0o010600, "prw-------"],
  [0o020666, "crw-rw-rw-"],
  [0o060660, "brw-rw----"],
  [0o140000, "s---------"],
])("mode %i is %s", (mode, text) => {
  expect(modeText(mode)).toBe(text);
});
