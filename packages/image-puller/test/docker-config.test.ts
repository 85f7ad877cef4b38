import { describe, expect, it } from "vitest";
import { parseDockerConfig } from "../src/credentials/docker-config.ts";
import { bestServer, matchServer } from "../src/credentials/match-server.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const secret = "s3cret-Pa55phrase!";
const entry = { username: "u", password: secret, identityToken: undefined, registryToken: undefined };

describe("entries", () => {
  it.each<[string, unknown, object]>([
    ["config.json", { auths: { r: { auth: base64(`u:${secret}`) } } }, { server: "r", ...entry }],
    [".dockercfg", { r: { auth: base64(`u:${secret}`), email: "a@b" } }, { server: "r", ...entry }],
    ["user and password", { auths: { r: { username: "u", password: secret } } }, { server: "r", ...entry }],
    ["a colon in the password", { auths: { r: { auth: base64("u:a:b") } } }, { username: "u", password: "a:b" }],
    ["NUL after the password", { auths: { r: { auth: base64("u:p\0\0") } } }, { username: "u", password: "p" }],
    [
      "identity token",
      { auths: { r: { auth: base64("u:"), identitytoken: secret } } },
      { username: "u", identityToken: secret },
    ],
    ["registry token", { auths: { r: { registrytoken: secret } } }, { registryToken: secret }],
    ["other settings beside", { HttpHeaders: {}, auths: { r: { auth: base64(`u:${secret}`) } } }, { server: "r" }],
  ])("%s", (_, config, expected) => {
    const parsed = parseDockerConfig(JSON.stringify(config));
    expect(parsed).toMatchObject({ auths: [expected], problems: [] });
  });

  it("one wrong entry does not break the others, and no message quotes it", () => {
    const config = {
      auths: {
        "bad-base64.example": { auth: `${secret} %%` },
        "no-colon.example": { auth: base64(secret) },
        "number.example": { auth: 7 },
        "half.example": { username: "u" },
        "null.example": null,
        "empty.example": {},
        [`https://user:${secret}@url.example`]: "text",
        "good.example": { auth: base64(`u:${secret}`) },
      },
      credHelpers: { "h.example": "../../bin/evil", "i.example": 5, "j.example": "ecr-login" },
      credsStore: "a b",
    };
    const parsed = parseDockerConfig(JSON.stringify(config));
    if (typeof parsed === "string") throw new Error(parsed);
    expect(parsed.auths.map(({ server }) => server)).toEqual(["good.example"]);
    expect([...parsed.credHelpers]).toEqual([["j.example", "ecr-login"]]);
    expect(parsed.credsStore).toBeUndefined();
    expect(parsed.problems).toHaveLength(9);
    expect(parsed.problems.join()).not.toContain(secret);
  });

  it.each([`{"auths": {"r": {"auth": "${secret}"`, `"${secret}"`, `["${secret}"]`, "", "null"])(
    "text that is no config gives a sentence without it: %#",
    (text) => {
      const parsed = parseDockerConfig(text);
      expect(parsed).toMatch(/^not /);
      expect(parsed).not.toContain(secret);
    },
  );
});

describe("which key is for which registry", () => {
  const hub = { domain: "docker.io", path: "library/busybox" };
  const port = { domain: "r.example:5000", path: "a/b" };
  const plain = { domain: "r.example", path: "a/b" };
  it.each([
    ["https://index.docker.io/v1/", hub, true],
    ["index.docker.io", hub, true],
    ["docker.io", hub, true],
    ["https://registry-1.docker.io", hub, true],
    ["r.example", hub, false],
    ["r.example:5000", port, true],
    ["http://r.example:5000", port, true],
    ["https://r.example:5000/", port, true],
    ["https://r.example:5000/v1/", port, true],
    ["https://r.example:5000/v2", port, true],
    ["R.Example:5000", port, true],
    ["r.example", port, false],
    ["r.example:5001", port, false],
    ["r.example:5000", plain, false],
    ["https://r.example:443", plain, true],
    ["r.example/a", plain, true],
    ["r.example/other", plain, true],
    ["xr.example", plain, false],
    ["r.example.evil", plain, false],
    ["", plain, false],
  ])("%s for %j: %s", (server, scope, fits) => {
    expect(matchServer(server, scope) > 0).toBe(fits);
  });

  it("prefers the longest path that the repository is under, then the bare host", () => {
    const keys = ["r.example/x", "r.example", "r.example/a", "r.example/a/b"].map((key) => [key, key] as const);
    const best = (path: string) => bestServer(keys, { domain: "r.example", path });
    expect(best("a/b")).toBe("r.example/a/b");
    expect(best("a/c")).toBe("r.example/a");
    expect(best("ab/c")).toBe("r.example");
    expect(best("x")).toBe("r.example/x");
  });
});
