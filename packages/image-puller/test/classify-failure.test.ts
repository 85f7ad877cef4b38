import { describe, expect, it } from "vitest";
import { adviceFor, classifyFailure } from "../src/classify-failure.ts";

describe("the engine's words", () => {
  it.each([
    ["manifest for 127.0.0.1:1/exp:nope not found: manifest unknown: manifest unknown", "not-found"],
    ["no matching manifest for linux/arm64/v8 in the manifest list entries", "not-found"],
    ["error pulling image configuration: download failed after attempts=1: unknown blob", "not-found"],
    [
      "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      "unauthorized",
    ],
    ['Get "http://127.0.0.1:1/v2/a/manifests/1": no basic auth credentials', "unauthorized"],
    ["unauthorized: authentication required", "unauthorized"],
    ['Head "https://r/v2/a/manifests/1": unauthorized: incorrect username or password', "unauthorized"],
    ["toomanyrequests: You have reached your pull rate limit.", "rate-limited"],
    [
      'download failed after attempts=1: error parsing HTTP 429 response body: unexpected end of JSON input: ""',
      "rate-limited",
    ],
    ["received unexpected HTTP status: 500 Internal Server Error", "registry-failed"],
    ["received unexpected HTTP status: 503 Service Unavailable", "registry-failed"],
    ["filesystem layer verification failed for digest sha256:00", "registry-failed"],
    ['Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused', "unreachable"],
    [
      'Get "https://nosuchhost.invalid/v2/": dial tcp: lookup nosuchhost.invalid on 10.0.0.1:53: no such host',
      "unreachable",
    ],
    ['Get "https://r:1/v2/": http: server gave HTTP response to HTTPS client', "unreachable"],
    ['Get "https://r/v2/": x509: certificate signed by unknown authority', "unreachable"],
    ['Get "https://r/v2/": net/http: TLS handshake timeout', "unreachable"],
    [
      "failed to register layer: Error processing tar file(exit status 1): write /f: no space left on device",
      "no-space",
    ],
    ["something new", "engine-failed"],
  ])("%s", (words, code) => {
    expect(classifyFailure(words)).toBe(code);
  });

  it("says what to do in each case", () => {
    expect(adviceFor("unreachable", "http: server gave HTTP response to HTTPS client", "r:1", "none")).toContain(
      "insecure-registries",
    );
    expect(adviceFor("unreachable", "x509: unknown authority", "r:1", "none")).toContain(
      "/etc/docker/certs.d/r:1/ca.crt",
    );
    expect(adviceFor("unauthorized", "", "r:1", "none")).toContain("no credentials were found");
    expect(adviceFor("unauthorized", "", "r:1", "sandbox .dockercfg")).toContain(
      "refused the credentials from sandbox .dockercfg",
    );
  });
});
