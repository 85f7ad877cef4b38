import type { Libprocess } from "@berth/libprocess";
import type { Log } from "@berth/log";
import { type MasterDetector, systemTimers, type Timers } from "@berth/master-detector";
import type { BackoffSettings } from "./backoff.ts";
import type { Credential } from "./credential.ts";
import type { MasterSession, RegistrationSource, SessionListener } from "./master-session.ts";
import { SessionRunner } from "./session-runner.ts";

export interface MasterSessionDeps {
  readonly libprocess: Pick<Libprocess, "send" | "spawn" | "link" | "renew" | "onPeerGone" | "pid">;
  /** Is started by the session and stays its owner's to close. */
  readonly detector: Pick<MasterDetector, "start" | "redetect">;
  readonly source: RegistrationSource;
  readonly listener: SessionListener;
  readonly log: Log;
  /** Evenly from 0 up to 1. */
  readonly random: () => number;
  /** Default: Node's. */
  readonly timers?: Timers | undefined;
}

/** Defaults are the original's. Source: wire facts 2.0. */
export interface MasterSessionOptions extends Partial<BackoffSettings> {
  /** The agent's process. Masters put it into URLs of offers, so that it should stay the default: `slave(1)`. */
  readonly processId?: string | undefined;
  /** Authenticate before each registration. Without one the agent only registers. */
  readonly credential?: Credential | undefined;
}

/** A session that takes messages for its process from now on, and does nothing of its own before `start`. */
export function createMasterSession(deps: MasterSessionDeps, options: MasterSessionOptions = {}): MasterSession {
  const timers = deps.timers ?? systemTimers;
  return new SessionRunner(
    { ...deps, timers },
    {
      processId: options.processId ?? "slave(1)",
      credential: options.credential,
      registrationBackoffFactorMs: options.registrationBackoffFactorMs ?? 1000,
      authenticationBackoffFactorMs: options.authenticationBackoffFactorMs ?? 1000,
      authenticationTimeoutMinMs: options.authenticationTimeoutMinMs ?? 5000,
      authenticationTimeoutMaxMs: options.authenticationTimeoutMaxMs ?? 60_000,
    },
  );
}
