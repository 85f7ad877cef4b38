import { EngineError, type EngineErrorCode } from "./errors.ts";

export interface FailedCall {
  readonly call: string;
  readonly endpoint: string;
}

/** An EngineError from what Node says about a connection. One that is an EngineError already comes back as it is. */
export function connectionError(error: unknown, failed: FailedCall): EngineError {
  if (error instanceof EngineError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const { code, text } = describe(cause, failed.endpoint);
  return new EngineError(code, `${failed.call}: ${text}`, failed, { cause });
}

function describe(error: NodeJS.ErrnoException, endpoint: string): { code: EngineErrorCode; text: string } {
  const code = error.code ?? "";
  if (code === "EACCES" || code === "EPERM") {
    return {
      code: "permission-denied",
      text: `no permission to open ${endpoint}: run as root (sudo) or join the group that owns the socket (sudo usermod -aG docker $USER, then log in again)`,
    };
  }
  if (code === "ENOENT" || code === "ECONNREFUSED") {
    return { code: "unreachable", text: `no engine answers at ${endpoint}: is dockerd running?` };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { code: "unreachable", text: `the host name of ${endpoint} cannot be resolved: ${error.message}` };
  }
  if (isTlsFault(code)) {
    return {
      code: "unreachable",
      text: `no TLS connection to ${endpoint}: ${error.message}; check the CA, certificate and key (DOCKER_CERT_PATH)`,
    };
  }
  if (code.startsWith("HPE_")) {
    return {
      code: "protocol",
      text: `${endpoint} does not answer in HTTP (${error.message}): is it an engine, and is it TLS?`,
    };
  }
  return { code: "unreachable", text: `the connection to ${endpoint} failed: ${error.message}` };
}

function isTlsFault(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code);
}
