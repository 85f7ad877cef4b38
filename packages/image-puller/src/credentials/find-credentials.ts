import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { RegistryAuth } from "@berth/engine-client";
import { askCredentialHelper } from "./credential-helper.ts";
import { type FoundCredentials, type RegistryScope, serverOf } from "./credential-source.ts";
import { type AuthEntry, type DockerConfig, parseDockerConfig } from "./docker-config.ts";
import { bestServer } from "./match-server.ts";
import { readSandboxFile } from "./read-sandbox-file.ts";

export interface CredentialOptions {
  /** The agent's `docker_config`: JSON, or the path of a file that holds it (`file://` allowed). Read anew for each pull. */
  readonly dockerConfig?: string | undefined;
  /** The environment of credential helpers; without a PATH none is found. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly helperTimeoutMs: number;
}

/** One place that may have credentials, read. */
interface Place {
  readonly name: string;
  readonly content: DockerConfig | string;
  /** Whoever wrote the task wrote this. */
  readonly foreign: boolean;
}

type Answer = { readonly auth: RegistryAuth; readonly how: string } | undefined;

/**
 * The credentials for a repository. The first place that has some for its registry wins: `.docker/config.json` of the
 * sandbox, `.dockercfg` there, the agent's `docker_config`, none. Within a place: the registry's helper, the store, `auths`.
 * A place or helper at fault is passed over, and `source` says so. Never rejects.
 */
export async function findCredentials(
  scope: RegistryScope,
  sandboxDirectory: string | undefined,
  options: CredentialOptions,
  signal?: AbortSignal,
): Promise<FoundCredentials> {
  const faults: string[] = [];
  for await (const place of places(sandboxDirectory, options.dockerConfig)) {
    if (typeof place.content === "string") {
      faults.push(`${place.name}: ${place.content}`);
      continue;
    }
    const answer = await lookUp(place, place.content, scope, options, faults, signal);
    if (answer !== undefined) {
      const source = withFaults(place.name + answer.how, faults);
      return { auth: answer.auth, source, fingerprint: fingerprint(answer.auth) };
    }
    for (const problem of place.content.problems) faults.push(`${place.name}: ${problem}`);
  }
  return { auth: undefined, source: withFaults("none", faults), fingerprint: "" };
}

async function* places(sandbox: string | undefined, dockerConfig: string | undefined): AsyncGenerator<Place> {
  for (const file of sandbox === undefined ? [] : [".docker/config.json", ".dockercfg"]) {
    const read = await readSandboxFile(sandbox as string, file);
    if (read.kind === "absent") continue;
    const content = read.kind === "text" ? parseDockerConfig(read.text) : `refused, ${read.why}`;
    yield { name: `sandbox ${file}`, content, foreign: true };
  }
  if (dockerConfig === undefined || dockerConfig.trim() === "") return;
  const name = "agent docker_config";
  if (dockerConfig.trimStart().startsWith("{")) {
    yield { name, content: parseDockerConfig(dockerConfig), foreign: false };
    return;
  }
  try {
    const text = await readFile(dockerConfig.trim().replace(/^file:\/\//, ""), "utf8");
    yield { name, content: parseDockerConfig(text), foreign: false };
  } catch (error) {
    yield { name, content: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`, foreign: false };
  }
}

async function lookUp(
  place: Place,
  config: DockerConfig,
  scope: RegistryScope,
  options: CredentialOptions,
  faults: string[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const server = serverOf(scope.domain);
  const helper = bestServer(config.credHelpers, scope) ?? config.credsStore;
  if (helper !== undefined) {
    const environment = place.foreign ? foreignEnvironment(options.environment) : options.environment;
    const timeoutMs = options.helperTimeoutMs;
    const answer = await askCredentialHelper(helper, server, { environment, timeoutMs, signal });
    if (answer.kind === "failed") faults.push(`${place.name}: ${answer.why}`);
    if (answer.kind === "found") {
      const { username, secret } = answer;
      // The protocol's mark for a secret that is an identity token.
      const auth =
        username === "<token>"
          ? { identitytoken: secret, serveraddress: server }
          : { username, password: secret, serveraddress: server };
      return { auth, how: `, helper ${helper}` };
    }
  }
  const entry = bestServer(
    config.auths.map((auth) => [auth.server, auth] as const),
    scope,
  );
  return entry === undefined ? undefined : { auth: authOf(entry, server), how: "" };
}

/**
 * A helper runs as the agent, so nothing that came with a task may steer it: with HOME in the sandbox, as the docker client would have
 * it, a file there could name any command (`credential_process` of a cloud's client). Nor does the agent's environment
 * answer for a task that only names the helper.
 */
function foreignEnvironment({ PATH }: CredentialOptions["environment"]): Readonly<Record<string, string | undefined>> {
  return { PATH, HOME: "/nonexistent" };
}

function authOf({ username, password, identityToken, registryToken }: AuthEntry, server: string): RegistryAuth {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(identityToken !== undefined && { identitytoken: identityToken }),
    ...(registryToken !== undefined && { registrytoken: registryToken }),
    serveraddress: server,
  };
}

function fingerprint(auth: RegistryAuth): string {
  const parts = [auth.username, auth.password, auth.identitytoken, auth.registrytoken, auth.serveraddress];
  return createHash("sha256")
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest("hex");
}

function withFaults(source: string, faults: readonly string[]): string {
  return faults.length === 0 ? source : `${source} (${faults.join("; ")})`;
}
