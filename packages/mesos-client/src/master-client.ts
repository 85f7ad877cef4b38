import type { MasterState } from "./master-state.ts";

/** What a master shows of itself over plain GETs. Asked at any master, answered by the one that leads. */
export interface MasterClient {
  /** `/state`. Rejects with MesosClientError, `malformed` when it is no master's. */
  state(options?: { readonly signal?: AbortSignal | undefined }): Promise<MasterState>;
  close(): Promise<void>;
}
