import { Agent } from "undici";
import { baseUrl } from "./base-url.ts";
import { authorization, type Credential } from "./credential.ts";
import { MesosClientError } from "./errors.ts";
import { exchange, readBody } from "./exchange.ts";
import type { MasterClient } from "./master-client.ts";
import { readMasterState } from "./read-master-state.ts";

export interface MasterClientOptions {
  /** `host:port`, or a http or https URL. */
  readonly master: string;
  readonly credential?: Credential | undefined;
  /** For a connection, the head of an answer, and between pieces of its body. Default 10 seconds. */
  readonly answerTimeoutMs?: number | undefined;
}

/** Throws MesosClientError `invalid-address`. Opens nothing before the first call. */
export function createMasterClient(options: MasterClientOptions): MasterClient {
  const { credential, answerTimeoutMs = 10_000 } = options;
  const base = baseUrl(options.master);
  const connections = new Agent({ connections: 1, connect: { timeout: answerTimeoutMs } });
  return {
    state: async ({ signal } = {}) => {
      const answer = await exchange(connections, {
        method: "GET",
        url: `${base}/state`,
        headers: { ...authorization(credential), accept: "application/json" },
        signal,
        headersTimeoutMs: answerTimeoutMs,
        bodyTimeoutMs: answerTimeoutMs,
      });
      const state = readMasterState(parse(await readBody(answer, signal)));
      if (state !== undefined) return state;
      throw new MesosClientError("malformed", `${answer.url} is not the state of a master`, { url: answer.url });
    },
    close: () => connections.destroy(),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
