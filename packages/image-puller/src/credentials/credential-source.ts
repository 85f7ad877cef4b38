import type { RegistryAuth } from "@berth/engine-client";

/** The registry that credentials are wanted for, and the repository there: a config may have an entry for each. */
export interface RegistryScope {
  /** `docker.io`, `registry.example.com:5000`. */
  readonly domain: string;
  /** `library/busybox`. */
  readonly path: string;
}

/** What was found, and where: never what it says. */
export interface FoundCredentials {
  readonly auth: RegistryAuth | undefined;
  /** `sandbox .docker/config.json`, `agent docker_config, helper ecr-login`, `none`. */
  readonly source: string;
  /** Joins nothing but equals: sha256 of the credentials, empty for none. */
  readonly fingerprint: string;
}

/** Where Docker Hub's credentials are kept under, in configs and helpers alike. */
export const dockerHubServer = "https://index.docker.io/v1/";

/** The key under which the docker client keeps the credentials of a registry. */
export function serverOf(domain: string): string {
  return domain === "docker.io" ? dockerHubServer : domain;
}
