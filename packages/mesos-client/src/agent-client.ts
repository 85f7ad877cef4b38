import type { Call, Response } from "@berth/proto/v1/agent";

/** The operator API of one agent (`http://host:port`). */
export interface AgentClient {
  call(call: Call, options?: { readonly signal?: AbortSignal | undefined }): Promise<Response>;
  /** `size` is the file's present size; undefined when there is no such file. */
  readFile(
    path: string,
    range: { readonly offset: number; readonly length: number },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly size: number; readonly data: Uint8Array } | undefined>;
  close(): Promise<void>;
}
