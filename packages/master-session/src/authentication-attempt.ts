import { formatPid, type Libprocess, type Pid } from "@berth/libprocess";
import { encodeMessage } from "@berth/proto";
import { AuthenticateMessage } from "@berth/proto/internal/authentication";
import { type AuthenticationOutcome, type AuthenticationProgress, authenticationStep } from "./authentication-step.ts";
import type { Credential } from "./credential.ts";

export interface AuthenticationRequest {
  /** The process that talks for us in this attempt, `crammd5-authenticatee(1)`. */
  readonly authenticateeId: string;
  /** The process that is to be authenticated, `slave(1)`. */
  readonly processId: string;
  readonly master: Pid;
  readonly credential: Credential;
}

/** Begins an exchange; `onOutcome` is called at most once. Returns what abandons it. Keeps no time. */
export function startAuthentication(
  libprocess: Pick<Libprocess, "send" | "spawn" | "pid">,
  request: AuthenticationRequest,
  onOutcome: (outcome: AuthenticationOutcome) => void,
): () => void {
  const { authenticateeId, master, credential } = request;
  let progress: AuthenticationProgress | undefined = { step: "mechanisms", master };
  const unspawn = libprocess.spawn(authenticateeId, (message) => {
    if (progress === undefined) return;
    const step = authenticationStep(progress, message, credential);
    if (step.kind === "reply") {
      progress = step.progress;
      libprocess.send(authenticateeId, message.from, step.name, step.body);
    }
    if (step.kind === "end") {
      abandon();
      onOutcome(step.outcome);
    }
  });
  const abandon = () => {
    progress = undefined;
    unspawn();
  };
  const body = encodeMessage(AuthenticateMessage, { pid: formatPid(libprocess.pid(request.processId)) });
  libprocess.send(authenticateeId, master, AuthenticateMessage.$type, body);
  return abandon;
}
