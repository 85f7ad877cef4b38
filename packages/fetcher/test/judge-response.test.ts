import { describe, expect, it } from "vitest";
import { framedLength, judgeResponse, resumeValidator, retryAfterMs } from "../src/http/judge-response.ts";

const fresh = { offset: 0, validators: undefined, totalBytes: undefined, conditional: false };
const resumed = { offset: 4, validators: { etag: '"a"', sizeBytes: 10 }, totalBytes: 10, conditional: false };

describe("judgeResponse", () => {
  it.each([
    [200, {}, fresh, { kind: "body", startAt: 0, totalBytes: undefined }],
    [200, { "content-length": "10" }, resumed, { kind: "body", startAt: 0, totalBytes: 10 }],
    [206, { "content-range": "bytes 4-9/10", etag: '"a"' }, resumed, { kind: "body", startAt: 4, totalBytes: 10 }],
    [206, { "content-range": "bytes 5-9/10" }, resumed, { kind: "start-over" }],
    [206, { "content-range": "bytes 4-9/11" }, resumed, { kind: "start-over" }],
    [206, { "content-range": "bytes 4-9/10", etag: '"b"' }, resumed, { kind: "start-over" }],
    [206, {}, resumed, { kind: "start-over" }],
    [206, { "content-range": "bytes 0-9/10" }, fresh, { kind: "fail", code: "http-status" }],
    [416, {}, resumed, { kind: "start-over" }],
    [203, {}, fresh, { kind: "fail", code: "http-status" }],
    [204, {}, fresh, { kind: "fail", code: "http-status" }],
    [304, {}, fresh, { kind: "fail", code: "http-status" }],
    [304, {}, { ...fresh, conditional: true }, { kind: "unchanged" }],
    [302, { location: "/x" }, fresh, { kind: "redirect", location: "/x" }],
    [302, {}, fresh, { kind: "fail", code: "redirect" }],
    [404, {}, fresh, { kind: "fail", code: "not-found" }],
    [410, {}, fresh, { kind: "fail", code: "not-found" }],
    [403, {}, fresh, { kind: "fail", code: "http-status" }],
    [429, { "retry-after": "3" }, fresh, { kind: "retry", retryAfter: "3" }],
    [503, {}, fresh, { kind: "retry" }],
    [501, {}, fresh, { kind: "fail", code: "http-status" }],
  ])("%i %j", (status, headers, asked, verdict) => {
    expect(judgeResponse({ status, headers }, asked, "")).toMatchObject(verdict);
  });
});

it("resumes only by what proves the same content", () => {
  expect(resumeValidator({ etag: '"x"', lastModified: "d" })).toBe('"x"');
  expect(resumeValidator({ etag: 'W/"x"', lastModified: "d" })).toBe("d");
  expect(resumeValidator({ etag: 'W/"x"' })).toBeUndefined();
  expect(resumeValidator(undefined)).toBeUndefined();
});

it("reads Retry-After in seconds and as a date", () => {
  const nowMs = Date.parse("Wed, 21 Oct 2015 07:28:00 GMT");
  expect(retryAfterMs("120", nowMs)).toBe(120_000);
  expect(retryAfterMs("Wed, 21 Oct 2015 07:28:05 GMT", nowMs)).toBe(5_000);
  expect(retryAfterMs("Wed, 21 Oct 2015 07:00:00 GMT", nowMs)).toBe(0);
  expect(retryAfterMs("soon", nowMs)).toBeUndefined();
});

it.each([
  [{ "content-length": "5" }, 5],
  [{ "content-length": "5", "content-encoding": "gzip" }, 5],
  [{ "content-length": "5", "transfer-encoding": "chunked" }, undefined],
  [{ "content-length": "+5" }, undefined],
  [{ "content-length": "5, 5" }, undefined],
  [{}, undefined],
])("the length before the bytes of %j is %s", (headers, length) => {
  expect(framedLength({ status: 200, headers })).toBe(length);
});
