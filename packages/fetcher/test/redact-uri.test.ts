import { expect, it } from "vitest";
import { redactUri } from "../src/uri/redact-uri.ts";

it.each([
  ["http://user:secret@host/a", "http://host/a"],
  ["https://h/a?X-Amz-Signature=s&b=c&d", "https://h/a?X-Amz-Signature=***&b=***&***"],
  ["https://h/a?t=s#sha256=ff", "https://h/a?t=***#sha256=ff"],
  ["ftp://u:p@w@h/a", "ftp://h/a"],
  ["  /plain/path?x=1", "/plain/path?x=1"],
  ["http://h/a@b", "http://h/a@b"],
])("%s is shown as %s", (uri, shown) => {
  expect(redactUri(uri)).toBe(shown);
});
