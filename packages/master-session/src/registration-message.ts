import { encodeMessage } from "@berth/proto";
import { RegisterSlaveMessage, ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import type { RegistrationSource } from "./master-session.ts";
import { reregistrationFault } from "./registration-fault.ts";

export type RegistrationMessage =
  | { readonly kind: "message"; readonly name: string; readonly body: Uint8Array }
  /** What the source says must not be sent. */
  | { readonly kind: "fault"; readonly message: string; readonly cause?: unknown };

/** What asks the master for us: a registration without an id, a re-registration with one. */
export function registrationMessage(source: RegistrationSource): RegistrationMessage {
  try {
    if (source.agentId() === undefined) {
      const body = encodeMessage(RegisterSlaveMessage, source.registration());
      return { kind: "message", name: RegisterSlaveMessage.$type, body };
    }
    const message = source.reregistration();
    const fault = reregistrationFault(message);
    if (fault !== undefined) return { kind: "fault", message: `no re-registration: ${fault}` };
    return {
      kind: "message",
      name: ReregisterSlaveMessage.$type,
      body: encodeMessage(ReregisterSlaveMessage, message),
    };
  } catch (cause) {
    return { kind: "fault", message: "the registration cannot be made", cause };
  }
}
