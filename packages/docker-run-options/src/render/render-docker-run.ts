import type { ContainerCreateBody } from "@berth/engine-client";
import { renderConfig } from "./config-options.ts";
import { renderHostConfig } from "./host-options.ts";
import { renderNetworks } from "./network-options.ts";
import { join } from "./option-text.ts";
import { shellQuote } from "./shell-quote.ts";

export interface RenderDockerRunInput {
  readonly body: ContainerCreateBody;
  /** The container's name. */
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  readonly pull?: "always" | "missing" | "never" | undefined;
  /** Names of environment variables whose values are shown as `***`. */
  readonly hiddenVariables?: ReadonlySet<string> | undefined;
}

export interface RenderedDockerRun {
  /** The words behind `docker run` (or `docker create`), not quoted: options, image, command. */
  readonly args: readonly string[];
  /** `docker run ...` on one line, quoted for a POSIX shell. */
  readonly line: string;
  /** The same, an option a line, with backslashes. */
  readonly multiline: string;
  /** Fields of the request that `docker run` has no option for, so that the line does not say them. */
  readonly inexpressible: readonly string[];
}

/** The `docker run` line that would make the container of a create request. The inverse of `parseRunOptions`. */
export function renderDockerRun(input: RenderDockerRunInput): RenderedDockerRun {
  const { body } = input;
  const published = new Set(Object.keys(body.HostConfig?.PortBindings ?? {}));
  const options = join([
    renderConfig(body, published, input.hiddenVariables ?? new Set()),
    renderNetworks(body),
    renderHostConfig(body.HostConfig ?? {}),
  ]);
  const outside = [
    ...(input.name === undefined ? [] : [`--name=${input.name}`]),
    ...(input.platform === undefined ? [] : [`--platform=${input.platform}`]),
    ...(input.pull === undefined ? [] : [`--pull=${input.pull}`]),
  ];
  const flags = [...outside, ...options.args];
  // --entrypoint takes one word; the rest of the entrypoint comes first among the arguments.
  const command = [body.Image, ...(body.Entrypoint ?? []).slice(1), ...(body.Cmd ?? [])];
  const rows = [...flags.map(shellQuote), command.map(shellQuote).join(" ")];
  return {
    args: [...flags, ...command],
    line: ["docker run", ...rows].join(" "),
    multiline: ["docker run", ...rows].join(" \\\n  "),
    inexpressible: options.inexpressible,
  };
}
