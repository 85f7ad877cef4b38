import type { ImagePullErrorCode } from "./errors.ts";

type RegistryFailure = Extract<
  ImagePullErrorCode,
  | "unauthorized"
  | "not-found"
  | "unreachable"
  | "rate-limited"
  | "registry-failed"
  | "no-space"
  | "engine-failed"
  | "invalid-reference"
>;

/**
 * The engine says nearly every failure of a pull with status 500 and Go's or the registry's words, so the words decide. First
 * match wins. Collected from engines 20.10 to 28 and registries that speak the distribution protocol.
 */
const table: readonly (readonly [RegExp, RegistryFailure])[] = [
  [/no space left on device|disk quota exceeded|not enough space/i, "no-space"],
  [/toomanyrequests|too many requests|\b429\b|rate limit/i, "rate-limited"],
  [/no matching manifest|does not match the specified platform|no match for platform/i, "not-found"],
  // Docker Hub says one sentence for both, so that nobody can list private repositories.
  [/repository does not exist or may require|pull access denied/i, "unauthorized"],
  [/manifest unknown|manifest for .* not found|name unknown|repository .* not found|unknown blob/i, "not-found"],
  [/not found: not found|failed to resolve reference .*: not found/i, "not-found"],
  [/unauthorized|authentication required|no basic auth credentials|incorrect username or password/i, "unauthorized"],
  [/access denied|denied:|\b401\b|\b403\b|forbidden/i, "unauthorized"],
  [/server gave HTTP response to HTTPS client|malformed HTTP response/i, "unreachable"],
  [/x509:|tls: |certificate/i, "unreachable"],
  [/connection refused|no such host|no route to host|network is unreachable|connection reset/i, "unreachable"],
  [/i\/o timeout|Client\.Timeout|context deadline exceeded|TLS handshake timeout|server misbehaving/i, "unreachable"],
  [/proxyconnect|EOF\b/, "unreachable"],
  [/invalid reference format|repository name must be|invalid repository name/i, "invalid-reference"],
  [/received unexpected HTTP status|unexpected status code|\b50[0234]\b/i, "registry-failed"],
  [
    /error parsing HTTP \d+ response body|filesystem layer verification failed|unexpected end of JSON/i,
    "registry-failed",
  ],
];

/** What the engine's words on a failed pull mean. */
export function classifyFailure(words: string): RegistryFailure {
  return table.find(([pattern]) => pattern.test(words))?.[1] ?? "engine-failed";
}

/** Whether the same request may succeed soon. The engine itself retries layers, but not manifests. */
export function isWorthBackingOff(code: ImagePullErrorCode): boolean {
  return code === "rate-limited" || code === "registry-failed";
}

/** What somebody who reads the error can do about it. */
export function adviceFor(
  code: RegistryFailure,
  words: string,
  registryHost: string,
  credentialSource: string,
): string {
  switch (code) {
    case "unauthorized":
      return credentialSource.startsWith("none")
        ? `no credentials were found (${credentialSource}): fetch a .docker/config.json with an entry for ${registryHost} into the sandbox or give the agent one; or the repository does not exist`
        : `the registry refused the credentials from ${credentialSource}: check user, password and rights for ${registryHost}; or the repository does not exist`;
    case "not-found":
      return "check the repository, the tag or digest and the platform; is it pushed?";
    case "unreachable":
      if (/HTTP response to HTTPS client/i.test(words)) {
        return `${registryHost} speaks plain HTTP: list it in the engine's insecure-registries or give it TLS`;
      }
      if (/x509:|certificate/i.test(words)) {
        return `the engine does not trust ${registryHost}: put its CA into /etc/docker/certs.d/${registryHost}/ca.crt`;
      }
      return `the engine does not reach ${registryHost}: check the name, the port, DNS and the engine's proxy settings`;
    case "rate-limited":
      return `${registryHost} limits how often this address or account may pull: wait, log in, or use a mirror`;
    case "registry-failed":
      return `${registryHost} is at fault, try again later`;
    case "no-space":
      return "the engine's disk is full: remove images and containers that nobody uses, or make it larger";
    case "invalid-reference":
      return "correct the image";
    case "engine-failed":
      return "look into the engine's log";
  }
}
