import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImagePullError, parseImageReference } from "../src/index.ts";

const hex64 = "0123456789abcdef".repeat(4);
const digest = `sha256:${hex64}`;

function refusal(text: string): unknown {
  try {
    parseImageReference(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("references that docker takes", () => {
  it.each([
    // text, domain, path, tag, digest, familiar
    ["busybox", "docker.io", "library/busybox", "latest", undefined, "busybox:latest"],
    ["busybox:1.36", "docker.io", "library/busybox", "1.36", undefined, "busybox:1.36"],
    ["library/busybox", "docker.io", "library/busybox", "latest", undefined, "busybox:latest"],
    ["docker.io/busybox", "docker.io", "library/busybox", "latest", undefined, "busybox:latest"],
    ["index.docker.io/a/b", "docker.io", "a/b", "latest", undefined, "a/b:latest"],
    ["docker.io/library/a/b", "docker.io", "library/a/b", "latest", undefined, "library/a/b:latest"],
    ["docker.io/a.b/c", "docker.io", "a.b/c", "latest", undefined, "docker.io/a.b/c:latest"],
    ["docker.io/localhost/c", "docker.io", "localhost/c", "latest", undefined, "docker.io/localhost/c:latest"],
    ["a/b", "docker.io", "a/b", "latest", undefined, "a/b:latest"],
    ["a_b/c", "docker.io", "a_b/c", "latest", undefined, "a_b/c:latest"],
    ["localhost/a", "localhost", "a", "latest", undefined, "localhost/a:latest"],
    ["localhost:5000", "docker.io", "library/localhost", "5000", undefined, "localhost:5000"],
    ["localhost:5000/a:b", "localhost:5000", "a", "b", undefined, "localhost:5000/a:b"],
    ["host:5000/a/b/c:t", "host:5000", "a/b/c", "t", undefined, "host:5000/a/b/c:t"],
    ["192.168.0.1", "docker.io", "library/192.168.0.1", "latest", undefined, "192.168.0.1:latest"],
    ["192.168.0.1:8/a", "192.168.0.1:8", "a", "latest", undefined, "192.168.0.1:8/a:latest"],
    ["[fc00::1]:5000/a", "[fc00::1]:5000", "a", "latest", undefined, "[fc00::1]:5000/a:latest"],
    ["[::1]/a/b", "[::1]", "a/b", "latest", undefined, "[::1]/a/b:latest"],
    ["Foo/bar", "Foo", "bar", "latest", undefined, "Foo/bar:latest"],
    ["xn--n3h.com:18080/foo", "xn--n3h.com:18080", "foo", "latest", undefined, "xn--n3h.com:18080/foo:latest"],
    // An image id, which the engine knows when it has the image. As a name to pull it reads like this, in docker too.
    [digest, "docker.io", "library/sha256", hex64, undefined, digest],
    ["a---b/c__d", "docker.io", "a---b/c__d", "latest", undefined, "a---b/c__d:latest"],
    [`docker.io/${hex64}`, "docker.io", `library/${hex64}`, "latest", undefined, `${hex64}:latest`],
    [`a@${digest}`, "docker.io", "library/a", undefined, digest, `a@${digest}`],
    [`h:1/a:t@${digest}`, "h:1", "a", "t", digest, `h:1/a:t@${digest}`],
    [
      `a@sha512:${hex64}${hex64}`,
      "docker.io",
      "library/a",
      undefined,
      `sha512:${hex64}${hex64}`,
      `a@sha512:${hex64}${hex64}`,
    ],
    [`a:${"t".repeat(128)}`, "docker.io", "library/a", "t".repeat(128), undefined, `a:${"t".repeat(128)}`],
    [`h.x/${"a".repeat(255)}`, "h.x", "a".repeat(255), "latest", undefined, `h.x/${"a".repeat(255)}:latest`],
  ])("%s", (text, domain, path, tag, digest, familiar) => {
    const reference = parseImageReference(text);
    expect(reference).toMatchObject({ domain, path, tag, digest, familiar });
    expect(reference.canonical.startsWith(`${domain}/${path}`)).toBe(true);
  });

  it("asks the engine by digest alone when there is a tag too", () => {
    expect(parseImageReference(`h:1/a:t@${digest}`).engineName).toBe(`h:1/a@${digest}`);
    expect(parseImageReference("busybox").engineName).toBe("busybox:latest");
  });
});

describe("references that docker refuses", () => {
  it.each([
    ["", "invalid reference format"],
    [" ", "invalid reference format"],
    ["a b", "invalid reference format; it contains white space"],
    ["a\0b", "invalid reference format"],
    ["busybox\n", "invalid reference format"],
    ["busybox:", "invalid reference format; a tag is missing"],
    ["busybox:-x", "invalid reference format"],
    [`busybox:${"t".repeat(129)}`, "invalid reference format"],
    ["https://example.com/a", "invalid reference format; leave out the scheme"],
    ["a/B", "invalid reference format: repository name (a/B) must be lowercase"],
    ["Busybox", "invalid reference format: repository name (library/Busybox) must be lowercase"],
    ["docker.io/a/B:t", "invalid reference format: repository name (a/B) must be lowercase"],
    ["-a", "invalid reference format"],
    ["-a.io/b/c", "invalid reference format"],
    ["a-/b", "invalid reference format"],
    ["_a/b", "invalid reference format"],
    ["a..b/c", "invalid reference format"],
    ["a_.b/c", "invalid reference format"],
    ["a///b", "invalid reference format"],
    ["a/", "invalid reference format"],
    ["/a", "invalid reference format"],
    ["../a", "invalid reference format"],
    ["[fc00::1]", "invalid reference format"],
    ["[fc00::1]:5000", "invalid reference format"],
    ["fc00::1:5000/a", "invalid reference format"],
    ["[fe80::1%eth0]:5000/a", "invalid reference format"],
    ["host:port/a", "invalid reference format"],
    [hex64, `invalid repository name (${hex64}), cannot specify 64-byte hexadecimal strings`],
    ["a@sha256:abc", "invalid reference format"],
    [`a@sha256:${"a".repeat(63)}`, "invalid checksum digest length"],
    [`a@sha256:${"A".repeat(64)}`, "invalid checksum digest format"],
    [`a@md5:${"a".repeat(32)}`, "unsupported digest algorithm"],
    [`h.x/${"a".repeat(256)}`, "repository name must not be more than 255 characters"],
    [`${"a".repeat(256)}/b`, "repository name must not be more than 255 characters"],
  ])("%j", (text, sentence) => {
    const error = refusal(text);
    expect(error).toBeInstanceOf(ImagePullError);
    expect(error).toMatchObject({ code: "invalid-reference", image: text });
    expect((error as Error).message).toContain(sentence);
  });
});

it("reads its own canonical form to the same", () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
  const domain = fc.constantFrom("", "localhost/", "docker.io/", "r.example.com:5000/", "[::1]:80/");
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/), { nil: undefined });
  fc.assert(
    fc.property(domain, fc.array(part, { minLength: 1, maxLength: 3 }), tag, (domain, parts, tag) => {
      const first = parseImageReference(`${domain}${parts.join("/")}${tag === undefined ? "" : `:${tag}`}`);
      expect(parseImageReference(first.canonical)).toEqual(first);
      expect(parseImageReference(first.familiar)).toEqual(first);
    }),
  );
});

it("answers anything with a reference or its own error, in time", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "A", "0", ".", "-", "_", "/", ":", "@", "[", "]", " "), maxLength: 200 }),
      (text) => {
        const error = refusal(text);
        expect(error === undefined || error instanceof ImagePullError).toBe(true);
      },
    ),
  );
});
