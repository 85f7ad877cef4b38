import type { CommandInfo, Environment_Variable } from "@berth/proto/v1";
import type { DockerLaunch } from "../docker-executor.ts";
import type { FaultSink } from "./fault-sink.ts";

/** Set by us after everything else: the task finds its sandbox by them. */
export const reservedVariables = ["MESOS_SANDBOX", "MESOS_CONTAINER_NAME", "MESOS_ALLOCATION_ROLE"] as const;

export interface EnvironmentPart {
  /** `NAME=VALUE`, sorted by name. */
  readonly env: string[];
  /** Names of variables whose value nobody else may read. */
  readonly secretNames: ReadonlySet<string>;
}

/** Later wins: the task's variables, the agent's, ours. */
export function planEnvironment(
  launch: DockerLaunch,
  settings: { readonly containerName: string; readonly sandboxTarget: string },
  sink: FaultSink,
): EnvironmentPart {
  const variables = new Map<string, string>();
  const secretNames = new Set<string>();
  for (const [index, variable] of variablesOf(launch.task.command).entries()) {
    const path = `command.environment.variables[${index}]`;
    const name = variable.name ?? "";
    const value = valueOf(variable, path, sink);
    if (name === "" || /[=\0]/.test(name)) {
      sink.fault(
        `${path}.name`,
        `${JSON.stringify(name)} cannot name a variable: it must not be empty nor hold "=" or NUL`,
      );
    }
    if (value?.includes("\0") === true)
      sink.fault(path, `the value of ${name} holds a NUL character, which no environment can`);
    variables.set(name, value ?? "");
    if (variable.type === "SECRET") secretNames.add(name);
    else secretNames.delete(name);
  }
  for (const [name, value] of Object.entries(launch.environment ?? {})) {
    variables.set(name, value);
    secretNames.delete(name);
  }
  variables.set("MESOS_SANDBOX", settings.sandboxTarget);
  variables.set("MESOS_CONTAINER_NAME", settings.containerName);
  const first = launch.task.resources?.[0];
  const role = first?.allocationInfo?.role;
  if (role !== undefined) variables.set("MESOS_ALLOCATION_ROLE", role);
  const env = [...variables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  return { env, secretNames };
}

/** `NAME=VALUE` entries with the value of one of them replaced. */
export function withVariable(env: readonly string[], name: string, value: string): string[] {
  return env.map((entry) => (entry.startsWith(`${name}=`) ? `${name}=${value}` : entry));
}

/** `NAME=VALUE` entries, those of `names` emptied. */
export function withoutValues(env: readonly string[], names: ReadonlySet<string>): string[] {
  return env.map((entry) => {
    const [name = ""] = entry.split("=", 1);
    return names.has(name) ? `${name}=` : entry;
  });
}

function variablesOf(command: CommandInfo | undefined): readonly Environment_Variable[] {
  return command?.environment?.variables ?? [];
}

function valueOf(variable: Environment_Variable, path: string, sink: FaultSink): string | undefined {
  const type = variable.type ?? "VALUE";
  if (type === "VALUE") {
    if (variable.secret !== undefined)
      sink.fault(`${path}.secret`, "needs type SECRET; a variable of type VALUE has a value");
    if (variable.value === undefined) sink.fault(`${path}.value`, "is missing; a variable of type VALUE must have one");
    return variable.value;
  }
  if (type !== "SECRET") {
    sink.fault(`${path}.type`, `${type} is not known; use VALUE or SECRET`);
    return undefined;
  }
  if (variable.value !== undefined)
    sink.fault(`${path}.value`, "cannot stand beside type SECRET; put it into secret.value.data");
  if (variable.secret?.type === "REFERENCE" || variable.secret?.reference !== undefined) {
    sink.fault(
      `${path}.secret.reference`,
      "needs a secret resolver, which Berth does not have; use a secret of type VALUE",
    );
    return undefined;
  }
  const data = variable.secret?.value?.data;
  if (data === undefined)
    sink.fault(`${path}.secret.value.data`, "is missing; a variable of type SECRET needs a secret of type VALUE");
  if (data === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    sink.fault(`${path}.secret.value.data`, "is not text in UTF-8, which an environment variable must be");
    return undefined;
  }
}
