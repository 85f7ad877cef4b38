import type { ContainerCalls } from "@berth/engine-client";
import type { Readable } from "node:stream";

/**
 * Where a container's output comes from while it runs. Attach is the only one today. A container that writes its sandbox file by
 * itself would be another, whose stream carries nothing but the end.
 */
export interface LogSource {
  /** A stream from now on: what was written before is not in it. */
  connect(options: { signal: AbortSignal | undefined }): Promise<Readable>;
}

export function attachSource(containers: Pick<ContainerCalls, "attach">, engineContainerId: string): LogSource {
  return {
    connect: ({ signal }) =>
      containers.attach(engineContainerId, { stdout: true, stderr: true, stdin: false, logs: false, signal }),
  };
}
