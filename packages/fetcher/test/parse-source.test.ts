import { describe, expect, it } from "vitest";
import { parseSource } from "../src/uri/parse-source.ts";

const pin = "a".repeat(64);

describe("parseSource", () => {
  it.each([
    ["http://h/a/b.tgz", { kind: "http", url: "http://h/a/b.tgz" }, "b.tgz"],
    ["   http://h/a", { kind: "http", url: "http://h/a" }, "a"],
    ["HTTPS://h/a?token=x#frag", { kind: "http", url: "https://h/a?token=x" }, "a"],
    ["ftp://u:p@h/f", { kind: "ftp", url: "ftp://u:p@h/f" }, "f"],
    ["file:///a/b", { kind: "local", path: "/a/b" }, "b"],
    ["file://localhost/a/b", { kind: "local", path: "/a/b" }, "b"],
    ["/a/b c", { kind: "local", path: "/a/b c" }, "b c"],
    ["/a/b#c", { kind: "local", path: "/a/b#c" }, "b#c"],
    ["a/./b", { kind: "relative", path: "a/b" }, "b"],
    ["localhost", { kind: "relative", path: "localhost" }, "localhost"],
    ["hdfs://nn:9000/a/b", { kind: "hadoop", uri: "hdfs://nn:9000/a/b" }, "b"],
    ["s3n://bucket/a?b", { kind: "hadoop", uri: "s3n://bucket/a?b" }, "a?b"],
    ["http://h/dir/", { kind: "http", url: "http://h/dir/" }, ""],
  ])("%s", (value, source, baseName) => {
    const result = parseSource(value);
    expect(result).toEqual({ ok: true, value: { source, pin: undefined, baseName } });
  });

  it.each([
    ["", "empty"],
    ["  ", "empty"],
    ["lala://nopath", "Malformed"],
    ["http://host/", "Malformed"],
    ["http://host?x=/y", "Malformed"],
    ["http://ho st/x", "Malformed"],
    ["ftp://h/a%0d%0aDELE%20b", "line break"],
    ["http://%zz:a@h/x", "write %25"],
    ["ftp://h/50%", "write %25"],
    ["a\\b", "Illegal"],
    ["a'b", "Illegal"],
    ["a\0b", "Illegal"],
    ["file://a/b", "absolute"],
    ["../x", ".."],
    ["a/../../x", ".."],
    ["http://h/a#sha256=abc", "64 hexadecimal"],
  ])("refuses %j", (value, words) => {
    const result = parseSource(value);
    expect(result.ok ? "accepted" : result.message).toContain(words);
  });

  it.each(["http://h/a", "/a", "a", "hdfs://n/a"])("takes the pin off %s", (value) => {
    const result = parseSource(`${value}#SHA256=${pin.toUpperCase()}`);
    const bare = parseSource(value);
    expect(result.ok && bare.ok && result.value).toEqual({ ...(bare.ok && bare.value), pin });
  });
});
