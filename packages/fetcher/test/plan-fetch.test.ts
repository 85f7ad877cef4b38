import { describe, expect, it } from "vitest";
import { planFetch } from "../src/uri/plan-fetch.ts";

const messages = (...uris: Parameters<typeof planFetch>[0]) =>
  planFetch(uris, true).faults.map((fault) => fault.message);

describe("planFetch", () => {
  it.each([
    ["", "must not be empty"],
    ["/subdir/x", "within the sandbox"],
    ["../x", "within the sandbox"],
    ["a/../../x", "within the sandbox"],
    ["a/..", "within the sandbox"],
    ["a/", "must name a file"],
    [".", "must name a file"],
    ["a\0", "NUL"],
  ])("refuses output_file %j", (outputFile, words) => {
    expect(messages({ value: "/a", outputFile })[0]).toContain(words);
  });

  it("takes `..` inside a name and drops empty components", () => {
    expect(planFetch([{ value: "/a", outputFile: "./x//..y/z.." }], true).items[0]?.target).toEqual([
      "x",
      "..y",
      "z..",
    ]);
  });

  it("collapses exact duplicates, and caches when one of them asks", () => {
    const plan = planFetch([{ value: "/a" }, { value: " /a", cache: true }, { value: "/a", extract: true }], true);
    expect(plan.items).toMatchObject([{ index: 0, cache: true }]);
    expect(plan.faults).toEqual([]);
  });

  it.each([
    [[{ value: "/x/a" }, { value: "/y/a" }]],
    [[{ value: "/x/a" }, { value: "/x/a", executable: true }]],
    [[{ value: "/x/a.gz" }, { value: "/y/a" }]],
    [[{ value: "/x/a" }, { value: "/y/b", outputFile: "a/b" }]],
    [[{ value: "/y/b", outputFile: "a/b" }, { value: "/x/a" }]],
  ])("refuses two URIs with one target: %j", (uris) => {
    expect(messages(...uris)).toMatchObject([expect.stringContaining("same target")]);
  });

  it("lets two cached archives of one name pass, for neither is itself put into the sandbox", () => {
    expect(messages({ value: "/x/a.tgz", cache: true }, { value: "/y/a.tgz", cache: true })).toEqual([]);
    expect(messages({ value: "/x/d/a", outputFile: "d/a" }, { value: "/y/b", outputFile: "d/b" })).toEqual([]);
  });

  it.each([
    [{ value: "http://h/a.tar.gz?sig=1" }, "tree"],
    [{ value: "http://h/download", outputFile: "a.zip" }, "tree"],
    [{ value: "http://h/a.tgz", outputFile: "a" }, undefined],
    [{ value: "/a.gz" }, "gunzip"],
    [{ value: "/.gz" }, undefined],
    [{ value: "/a.TGZ" }, undefined],
    [{ value: "/a.tgz", executable: true }, undefined],
    [{ value: "/a.tgz", extract: false }, undefined],
  ])("knows archives by the name of the target, cached or not: %j", (uri, extract) => {
    for (const cache of [false, true]) {
      expect(planFetch([{ ...uri, cache }], true).items[0]?.extract).toBe(extract);
    }
  });

  it("has no secret in a message", () => {
    expect(messages({ value: "http://u:secret@h/?k=secret" })[0]).not.toContain("secret");
  });
});
