import { formatPid, type Libprocess, type LibprocessMessage, parsePid, type Pid } from "@berth/libprocess";
import type { Log } from "@berth/log";
import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import {
  AuthenticateMessage,
  AuthenticationCompletedMessage,
  AuthenticationErrorMessage,
  AuthenticationFailedMessage,
  AuthenticationMechanismsMessage,
  AuthenticationStartMessage,
  AuthenticationStepMessage,
} from "@berth/proto/internal/authentication";
import { remember } from "../books/bounded.ts";
import type { Timers } from "../timers.ts";
import { type AgentCredential, challengeOf, whoAnswered } from "./cram-md5.ts";

export interface AuthenticatorDeps {
  readonly libprocess: Pick<Libprocess, "send" | "spawn">;
  readonly log: Log;
  readonly timers: Timers;
  readonly random: () => number;
  readonly now: () => number;
}

/** The CRAM-MD5 dialogue with agents, each in a process of its own, as long as it takes. */
export interface Authenticator {
  /** An AuthenticateMessage to the master begins a dialogue; an earlier one of the agent is over, and so is what it proved. */
  begin(message: LibprocessMessage): void;
  isAuthenticated(agent: Pid): boolean;
  close(): void;
}

const mechanism = "CRAM-MD5";
const sessionTimeoutMs = 15_000;
/** Dialogues at a time and agents remembered; more of either is nobody's honest work. */
const maxAgents = 10_000;

/** Without credentials nobody needs to authenticate, and who tries is told that it cannot be done. */
export function createAuthenticator(
  deps: AuthenticatorDeps,
  credentials: readonly AgentCredential[] | undefined,
): Authenticator {
  const principals = new Map<string, string>();
  const sessions = new Map<string, () => void>();
  let counter = 0;

  const converse = (agent: string, peer: Pid) => {
    const id = `crammd5-authenticator-session(${++counter})`;
    let challenge: string | undefined;
    const say = <T extends object>(codec: MessageCodec<T>, value: T) =>
      deps.libprocess.send(id, peer, codec.$type, encodeMessage(codec, value));
    const end = () => {
      deps.timers.clearTimeout(timer);
      stop();
      if (sessions.get(agent) === end) sessions.delete(agent);
    };
    const fail = (error: string) => {
      say(AuthenticationErrorMessage, { error });
      end();
    };
    const hear = (message: LibprocessMessage) => {
      if (message.name === AuthenticationStartMessage.$type && challenge === undefined) {
        const start = decodeMessage(AuthenticationStartMessage, message.body);
        if (!start.ok || start.value.mechanism !== mechanism) return fail(`only ${mechanism} is spoken here`);
        challenge = challengeOf(deps.random(), deps.now(), peer.host);
        return say(AuthenticationStepMessage, { data: Buffer.from(challenge) });
      }
      if (message.name !== AuthenticationStepMessage.$type || challenge === undefined) {
        return fail("a message that does not belong here");
      }
      const step = decodeMessage(AuthenticationStepMessage, message.body);
      const answer = step.ok ? (step.value.data ?? new Uint8Array()) : new Uint8Array();
      const principal = whoAnswered(answer, challenge, credentials ?? []);
      if (principal === undefined) {
        deps.log.warn("an agent has failed to authenticate", { agent });
        say(AuthenticationFailedMessage, {});
      } else {
        remember(principals, agent, principal, maxAgents);
        say(AuthenticationCompletedMessage, {});
      }
      end();
    };
    const stop = deps.libprocess.spawn(id, hear);
    const timer = deps.timers.setTimeout(end, sessionTimeoutMs);
    sessions.set(agent, end);
    say(AuthenticationMechanismsMessage, { mechanisms: [mechanism] });
  };

  return {
    begin(message) {
      const read = decodeMessage(AuthenticateMessage, message.body);
      const pid = read.ok ? parsePid(read.value.pid ?? "") : undefined;
      const refuse = (error: string) =>
        deps.libprocess.send(
          message.to,
          message.from,
          AuthenticationErrorMessage.$type,
          encodeMessage(AuthenticationErrorMessage, { error }),
        );
      if (credentials === undefined) return refuse("No authenticator loaded");
      if (pid === undefined) return refuse("the PID to authenticate is none");
      if (sessions.size >= maxAgents) return refuse("too many are authenticating");
      const agent = formatPid(pid);
      principals.delete(agent);
      sessions.get(agent)?.();
      converse(agent, message.from);
    },
    isAuthenticated: (agent) => credentials === undefined || principals.has(formatPid(agent)),
    close() {
      for (const end of sessions.values()) end();
    },
  };
}
