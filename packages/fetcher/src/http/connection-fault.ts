import { FetchError, type FetchErrorDetails } from "../errors.ts";
import { errnoOf } from "../system-error.ts";

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the server refuses the connection",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be resolved now",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "the network is unreachable",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_SOCKET: "the server closed the connection without an answer",
};

// A certificate or a name that is wrong now is wrong in a second, too.
const lasting =
  /^(ENOTFOUND|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HPE_|UND_ERR_INVALID|UND_ERR_PRX_TLS)/;

/** The error for an exchange that broke before a head came. */
export function connectionFault(failure: Error | undefined, got: string, details: FetchErrorDetails): FetchError {
  const errno = errnoOf(failure) ?? "";
  const sentence = sentences[errno] ?? failure?.message ?? "the connection broke";
  return new FetchError("connection", `${sentence}, ${got}`, details);
}

/** True when trying again is useless. */
export function isLasting(failure: Error | undefined): boolean {
  return lasting.test(errnoOf(failure) ?? "") || failure?.name === "RequestAbortedError";
}
