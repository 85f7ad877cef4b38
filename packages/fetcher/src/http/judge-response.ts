import type { FetchErrorCode } from "../errors.ts";
import type { Validators } from "../transfer.ts";

export interface ResponseHead {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What was asked: `offset` > 0 with a Range, `conditional` with If-None-Match or If-Modified-Since. */
export interface Asked {
  readonly offset: number;
  readonly validators: Validators | undefined;
  readonly totalBytes: number | undefined;
  readonly conditional: boolean;
}

export type Verdict =
  | {
      readonly kind: "body";
      readonly startAt: number;
      readonly totalBytes: number | undefined;
      readonly validators: Validators;
    }
  | { readonly kind: "unchanged" }
  | { readonly kind: "redirect"; readonly location: string }
  /** The part cannot be continued: begin again from nothing. */
  | { readonly kind: "start-over"; readonly why: string }
  | { readonly kind: "retry"; readonly retryAfter: string | undefined; readonly why: string }
  | { readonly kind: "fail"; readonly code: FetchErrorCode; readonly why: string };

const redirects = new Set([301, 302, 303, 307, 308]);
const transient = new Set([408, 425, 429, 500, 502, 503, 504]);
const gone = new Set([404, 410]);

/** Pure: what the head of a response means for a download. Only 200, and 206 on a resume, bring a body that counts. */
export function judgeResponse(head: ResponseHead, asked: Asked, statusText: string): Verdict {
  const { status } = head;
  const why = `the server answered ${status}${statusText === "" ? "" : ` (${statusText})`}`;
  if (status === 200) {
    const totalBytes = lengthOf(head);
    return { kind: "body", startAt: 0, totalBytes, validators: validatorsOf(head, totalBytes) };
  }
  if (status === 206 && asked.offset > 0) return judgePart(head, asked);
  if (status === 304 && asked.conditional) return { kind: "unchanged" };
  const location = one(head, "location");
  if (redirects.has(status)) {
    return location === undefined
      ? { kind: "fail", code: "redirect", why: `${why} without a Location` }
      : { kind: "redirect", location };
  }
  if (status === 416 && asked.offset > 0) return { kind: "start-over", why };
  if (transient.has(status)) return { kind: "retry", retryAfter: one(head, "retry-after"), why };
  return { kind: "fail", code: gone.has(status) ? "not-found" : "http-status", why };
}

function judgePart(head: ResponseHead, asked: Asked): Verdict {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(one(head, "content-range") ?? "");
  const totalBytes = range?.[3] === undefined || range[3] === "*" ? asked.totalBytes : Number(range[3]);
  const validators = validatorsOf(head, totalBytes);
  const known = asked.validators;
  const sameEtag = validators.etag === undefined || validators.etag === known?.etag;
  const sameSize = asked.totalBytes === undefined || totalBytes === asked.totalBytes;
  if (range === null || Number(range[1]) !== asked.offset || !sameEtag || !sameSize) {
    return { kind: "start-over", why: "the server continued with something else" };
  }
  return { kind: "body", startAt: asked.offset, totalBytes, validators: { ...known, sizeBytes: totalBytes } };
}

/** The validator for If-Range: a strong ETag, else the date; undefined when a resume could mix two versions. */
export function resumeValidator(validators: Validators | undefined): string | undefined {
  if (validators?.etag !== undefined && !validators.etag.startsWith("W/")) return validators.etag;
  return validators?.lastModified;
}

/** Retry-After in milliseconds: seconds or a date. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

function validatorsOf(head: ResponseHead, sizeBytes: number | undefined): Validators {
  return { etag: one(head, "etag"), lastModified: one(head, "last-modified"), sizeBytes };
}

/** The bytes of a body that is sent as it is, with its length before it; undefined for any other. */
export function framedLength(head: ResponseHead): number | undefined {
  return one(head, "transfer-encoding") === undefined ? lengthOf(head) : undefined;
}

function lengthOf(head: ResponseHead): number | undefined {
  const text = one(head, "content-length");
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function one(head: ResponseHead, name: string): string | undefined {
  const value = head.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
