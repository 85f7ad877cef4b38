import { type LibprocessMessage, type Pid, samePid } from "@berth/libprocess";
import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import {
  AuthenticationCompletedMessage,
  AuthenticationErrorMessage,
  AuthenticationFailedMessage,
  AuthenticationMechanismsMessage,
  AuthenticationStartMessage,
  AuthenticationStepMessage,
} from "@berth/proto/internal/authentication";
import { type Credential, cramMd5Response } from "./credential.ts";

/** Where an exchange is. The session is the process within the master that asks. */
export type AuthenticationProgress =
  | { readonly step: "mechanisms"; readonly master: Pid }
  | { readonly step: "challenge" | "verdict"; readonly session: Pid };

export type AuthenticationOutcome =
  | { readonly kind: "authenticated" }
  /** The credentials are wrong. */
  | { readonly kind: "refused" }
  /** Something else went wrong; another attempt may succeed. */
  | { readonly kind: "error"; readonly message: string };

/** What follows from a message: a reply and where the exchange is then, its end, or nothing when the message is not for it. */
export type AuthenticationStep =
  | {
      readonly kind: "reply";
      readonly progress: AuthenticationProgress;
      readonly name: string;
      readonly body: Uint8Array;
    }
  | { readonly kind: "end"; readonly outcome: AuthenticationOutcome }
  | { readonly kind: "ignore" };

const mechanism = "CRAM-MD5";
const ignore: AuthenticationStep = { kind: "ignore" };

/** One message of the master in an exchange of CRAM-MD5. Source: wire facts 2.11. */
export function authenticationStep(
  progress: AuthenticationProgress,
  message: LibprocessMessage,
  credential: Credential,
): AuthenticationStep {
  if (!isParty(progress, message.from)) return ignore;
  switch (message.name) {
    case AuthenticationMechanismsMessage.$type: {
      if (progress.step !== "mechanisms") return ignore;
      const { mechanisms = [] } = decoded(AuthenticationMechanismsMessage, message) ?? {};
      if (!mechanisms.includes(mechanism)) return failed(`the master offers no ${mechanism}`);
      const session = message.from;
      return reply({ step: "challenge", session }, AuthenticationStartMessage, { mechanism, data: new Uint8Array() });
    }
    case AuthenticationStepMessage.$type: {
      if (progress.step !== "challenge") return ignore;
      const challenge = decoded(AuthenticationStepMessage, message)?.data;
      if (challenge === undefined) return failed("the master's challenge cannot be read");
      const data = cramMd5Response(credential, challenge);
      return reply({ step: "verdict", session: progress.session }, AuthenticationStepMessage, { data });
    }
    case AuthenticationCompletedMessage.$type:
      // Nobody is authenticated who was not asked.
      return progress.step === "verdict" ? { kind: "end", outcome: { kind: "authenticated" } } : ignore;
    case AuthenticationFailedMessage.$type:
      return { kind: "end", outcome: { kind: "refused" } };
    case AuthenticationErrorMessage.$type:
      return failed(decoded(AuthenticationErrorMessage, message)?.error ?? "the master gives no reason");
    default:
      return ignore;
  }
}

/** Before the session is known anybody of the master's port may speak: a master may advertise another host than we were told. */
function isParty(progress: AuthenticationProgress, from: Pid): boolean {
  return progress.step === "mechanisms" ? from.port === progress.master.port : samePid(from, progress.session);
}

function decoded<T extends object>(codec: MessageCodec<T>, message: LibprocessMessage): T | undefined {
  const result = decodeMessage(codec, message.body);
  return result.ok ? result.value : undefined;
}

function reply<T extends object>(
  progress: AuthenticationProgress,
  codec: MessageCodec<T>,
  message: NoInfer<T>,
): AuthenticationStep {
  return { kind: "reply", progress, name: codec.$type, body: encodeMessage(codec, message) };
}

function failed(message: string): AuthenticationStep {
  return { kind: "end", outcome: { kind: "error", message } };
}
