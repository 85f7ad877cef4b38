import { randomBytes } from "node:crypto";
import type { InspectedContainer } from "@berth/engine-client";
import type { TaskStatus } from "@berth/proto/v1";
import type { DockerLaunch } from "../docker-executor.ts";
import type { Outcome } from "../life/outcome.ts";
import { withoutValues } from "../plan/environment.ts";
import { networkInfos } from "./network-infos.ts";

const mebibyte = 1024 * 1024;

/** Makes the statuses of one task. */
export interface StatusWriter {
  plain(state: "TASK_STARTING" | "TASK_KILLING"): TaskStatus;
  /** `data` is the inspect answer in a list of one, as the original sends it. */
  running(inspected: InspectedContainer): TaskStatus;
  terminal(outcome: Outcome): TaskStatus;
}

export function createStatusWriter(
  launch: DockerLaunch,
  options: { readonly now: () => number; readonly secretNames: ReadonlySet<string> },
): StatusWriter {
  const base = (): TaskStatus => ({
    taskId: { value: launch.task.taskId?.value ?? "" },
    source: "SOURCE_EXECUTOR",
    agentId: { value: launch.agentId },
    executorId: { value: launch.executorId },
    timestamp: options.now() / 1000,
    uuid: uuid(),
    containerStatus: { containerId: { value: launch.containerId } },
  });
  return {
    plain: (state) => ({ ...base(), state }),
    running(inspected) {
      const infos = networkInfos(launch.task, inspected.inspect);
      const status = base();
      return {
        ...status,
        state: "TASK_RUNNING",
        data: Buffer.from(`[${withoutSecrets(inspected, options.secretNames)}]`),
        containerStatus: { ...status.containerStatus, ...(infos !== undefined && { networkInfos: infos }) },
      };
    },
    terminal(outcome) {
      const used = outcome.memory?.peakBytes ?? outcome.memory?.limitBytes;
      return {
        ...base(),
        state: outcome.state,
        message: outcome.message,
        ...(outcome.reason !== undefined && { reason: outcome.reason }),
        ...(outcome.memory !== undefined &&
          used !== undefined && {
            limitation: { resources: [{ name: "mem", type: "SCALAR", scalar: { value: used / mebibyte }, role: "*" }] },
          }),
      };
    },
  };
}

/** Secrets are in the container's environment, and so in inspect; a status goes to many readers. */
function withoutSecrets({ rawJson }: InspectedContainer, secretNames: ReadonlySet<string>): string {
  if (secretNames.size === 0) return rawJson;
  const parsed = JSON.parse(rawJson) as { Config?: { Env?: string[] } };
  if (parsed.Config?.Env !== undefined) {
    parsed.Config.Env = withoutValues(parsed.Config.Env, secretNames);
  }
  return JSON.stringify(parsed);
}

/** The 16 bytes of a random UUID. */
function uuid(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
