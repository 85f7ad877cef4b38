import { Call, Response } from "@berth/proto/v1/agent";
import { Agent } from "undici";
import type { AgentClient } from "./agent-client.ts";
import { baseUrl } from "./base-url.ts";
import { authorization, type Credential } from "./credential.ts";
import { isMesosClientError, MesosClientError } from "./errors.ts";
import { exchange, readBody } from "./exchange.ts";
import { type ContentType, contentTypeOf, decodeAnswer, encodeCall, mediaTypes } from "./wire-format.ts";

export interface AgentClientOptions {
  /** `host:port`, or a http or https URL; `http://host:port/slave(1)` will do as well. */
  readonly agent: string;
  readonly credential?: Credential | undefined;
  /** Default protobuf. */
  readonly contentType?: ContentType | undefined;
  /** For a connection, the head of an answer, and between pieces of its body. Default 10 seconds. */
  readonly answerTimeoutMs?: number | undefined;
}

type CallOptions = { readonly signal?: AbortSignal | undefined };

/** Throws MesosClientError `invalid-address`. Opens nothing before the first call. For calls that have one answer, not a stream. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const { credential, contentType = "protobuf", answerTimeoutMs = 10_000 } = options;
  const url = `${baseUrl(options.agent)}/api/v1`;
  const connections = new Agent({ connections: 4, connect: { timeout: answerTimeoutMs } });
  const headers = {
    ...authorization(credential),
    "content-type": mediaTypes[contentType],
    accept: mediaTypes[contentType],
  };

  const call = async (asked: Call, { signal }: CallOptions = {}): Promise<Response> => {
    const answer = await exchange(connections, {
      method: "POST",
      url,
      headers,
      body: encodeCall(Call, asked, contentType),
      signal,
      headersTimeoutMs: answerTimeoutMs,
      bodyTimeoutMs: answerTimeoutMs,
    });
    const bytes = await readBody(answer, signal);
    if (bytes.length === 0) return {}; // a call that only does something
    return decodeAnswer(Response, bytes, contentTypeOf(answer.headers["content-type"]) ?? contentType, url);
  };

  return {
    call,
    readFile: async (path, { offset, length }, callOptions) => {
      const readFile = { path, offset: BigInt(offset), length: BigInt(length) };
      const answer = await call({ type: "READ_FILE", readFile }, callOptions).catch((error: unknown) => {
        if (isMesosClientError(error, "refused") && error.status === 404) return undefined;
        throw error;
      });
      if (answer === undefined) return undefined;
      if (answer.readFile?.data === undefined) {
        throw new MesosClientError("malformed", `${url} answered READ_FILE without its data`, { url });
      }
      return { size: Number(answer.readFile.size ?? 0n), data: answer.readFile.data };
    },
    close: () => connections.destroy(),
  };
}
