import { formatPid, type Libprocess, type LibprocessMessage, type Pid, samePid } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { DetectedMaster, MasterDetector, Timers } from "@berth/master-detector";
import { encodeMessage } from "@berth/proto";
import { PingSlaveMessage, PongSlaveMessage, UnregisterSlaveMessage } from "@berth/proto/internal/messages";
import { startAuthentication } from "./authentication-attempt.ts";
import type { AuthenticationOutcome } from "./authentication-step.ts";
import { type BackoffSettings, delayRange } from "./backoff.ts";
import type { Credential } from "./credential.ts";
import { DropLog } from "./drop-log.ts";
import type { MasterSession, RegistrationSource, SessionListener, SessionState } from "./master-session.ts";
import { NamedTimers } from "./named-timers.ts";
import { readMessage } from "./read-message.ts";
import { registrationMessage } from "./registration-message.ts";
import {
  initialSession,
  type SessionEffect,
  type SessionEvent,
  type SessionModel,
  type TimerName,
} from "./session-model.ts";
import { transition } from "./transition.ts";

export interface SessionRunnerDeps {
  readonly libprocess: Pick<Libprocess, "send" | "spawn" | "link" | "renew" | "onPeerGone" | "pid">;
  readonly detector: Pick<MasterDetector, "start" | "redetect">;
  readonly source: RegistrationSource;
  readonly listener: SessionListener;
  readonly log: Log;
  readonly random: () => number;
  readonly timers: Timers;
}

export interface SessionRunnerOptions extends BackoffSettings {
  readonly processId: string;
  readonly credential: Credential | undefined;
}

/** Does what `transition` decides. Events that come while effects are carried out wait for their turn. */
export class SessionRunner implements MasterSession {
  readonly #deps: SessionRunnerDeps;
  readonly #options: SessionRunnerOptions;
  readonly #log: Log;
  readonly #drops: DropLog;
  readonly #timers: NamedTimers<TimerName>;
  readonly #events: { readonly event: SessionEvent; readonly cause: LibprocessMessage | undefined }[] = [];
  readonly #inbox: LibprocessMessage[] = [];
  readonly #releases: (() => void)[];
  #model: SessionModel;
  #dispatching = false;
  #emptying: Promise<void> | undefined;
  #delivery: Promise<void> | undefined;
  #authenticatees = 0;
  #abandonAuthentication = () => {};
  #link: { readonly to: Pid; readonly release: () => void } | undefined;
  #closed = false;

  constructor(deps: SessionRunnerDeps, options: SessionRunnerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#log = deps.log.child({ component: "master-session" });
    this.#drops = new DropLog(this.#log);
    this.#timers = new NamedTimers(deps.timers);
    this.#model = initialSession({ authenticates: options.credential !== undefined });
    this.#releases = [
      deps.libprocess.spawn(options.processId, (message) => this.#receive(message)),
      deps.libprocess.onPeerGone((peers) => this.#dispatch({ type: "connection-lost", peers })),
    ];
  }

  get state(): SessionState {
    return this.#model.state;
  }

  get master(): DetectedMaster | undefined {
    return this.#model.master;
  }

  start(): void {
    this.#dispatch({ type: "recovered" });
  }

  send(name: string, body: Uint8Array): boolean {
    const { master } = this.#model;
    if (master === undefined || this.#closed) return false;
    this.#deps.libprocess.send(this.#options.processId, master.pid, name, body);
    return true;
  }

  unregister(): void {
    const agentId = this.#deps.source.agentId();
    if (agentId === undefined) return;
    const sent = this.send(
      UnregisterSlaveMessage.$type,
      encodeMessage(UnregisterSlaveMessage, { slaveId: { value: agentId } }),
    );
    if (sent) this.#log.info("the agent unregisters", { agentId });
  }

  terminate(): void {
    this.#dispatch({ type: "terminate" });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const release of this.#releases.splice(0)) release();
    this.#timers.cancelAll();
    this.#abandonAuthentication();
    this.#link?.release();
    this.#link = undefined;
    this.#inbox.length = 0;
    await this.#emptying;
  }

  /** Pings are answered at once: while an id is being stored the master must not think us dead. All else keeps its order. */
  #receive(message: LibprocessMessage): void {
    if (message.name === PingSlaveMessage.$type) return this.#handle(message);
    this.#inbox.push(message);
    if (this.#emptying !== undefined) return;
    this.#emptying = this.#empty().finally(() => (this.#emptying = undefined));
  }

  async #empty(): Promise<void> {
    for (;;) {
      // Also a turn of the queue: a message that came in the midst of effects must not overtake the event that they belong to.
      await this.#delivery;
      const message = this.#inbox.shift();
      if (message === undefined) return;
      this.#handle(message);
    }
  }

  #handle(message: LibprocessMessage): void {
    const event = readMessage(message, this.#deps.source.agentId());
    if (event === undefined) return this.#drops.note("malformed", message);
    this.#dispatch(event, message);
  }

  #dispatch(event: SessionEvent, cause?: LibprocessMessage): void {
    if (this.#closed) return;
    this.#events.push({ event, cause });
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const { state, effects } = transition(this.#model, next.event);
        this.#model = state;
        for (const effect of effects) this.#perform(effect, next.cause);
      }
    } finally {
      this.#dispatching = false;
    }
  }

  #perform(effect: SessionEffect, cause: LibprocessMessage | undefined): void {
    const { detector, libprocess, listener } = this.#deps;
    switch (effect.type) {
      case "detect":
        return detector.start({
          onDetected: (master) => this.#dispatch({ type: "detected", master }),
          onFatal: (error) => this.#dispatch({ type: "failed", message: error.message }),
        });
      case "redetect":
        this.#log.warn("the master seems to be lost", { why: effect.why });
        this.#renewConnections();
        return detector.redetect();
      case "start-timer":
        return this.#startTimer(effect);
      case "cancel-timer":
        return this.#timers.cancel(effect.timer);
      case "authenticate":
        return this.#authenticate(effect.to, effect.round);
      case "abandon-authentication":
        return this.#abandonAuthentication();
      case "register":
        return this.#register(effect.to);
      case "link":
        return this.#linkTo(effect.to);
      case "pong":
        return libprocess.send(
          this.#options.processId,
          effect.to,
          PongSlaveMessage.$type,
          encodeMessage(PongSlaveMessage, {}),
        );
      case "deliver-registered":
        return this.#deliver(effect.round, () => listener.onRegistered(effect.agentId));
      case "deliver-reregistered":
        return this.#deliver(effect.round, () => listener.onReregistered(effect.message));
      case "deliver-message":
        return cause && listener.onMessage(cause);
      case "drop":
        return cause && this.#drops.note(effect.why, cause);
      case "announce": {
        const { state, master } = this.#model;
        const fields = { state, master: master && formatPid(master.pid) };
        this.#log.info("the session has changed", fields);
        return listener.onStateChanged(state, master);
      }
      case "shutdown":
        this.#log.warn("the session ends", { kind: effect.kind, reason: effect.message });
        return listener.onShutdown({ kind: effect.kind, message: effect.message });
    }
  }

  /** A connection whose other end has vanished without a word swallows what is sent for a quarter of an hour. */
  #renewConnections(): void {
    const { master, alias } = this.#model;
    for (const pid of [master?.pid, alias]) if (pid !== undefined) this.#deps.libprocess.renew(pid);
  }

  #startTimer(effect: Extract<SessionEffect, { readonly type: "start-timer" }>): void {
    const { timer } = effect;
    const elapsed = () => this.#dispatch({ type: "elapsed", timer });
    if (effect.timer === "ping") return this.#timers.start(timer, effect.delayMs, elapsed);
    const { leastMs, mostMs } = delayRange(this.#options, effect.timer, effect.count);
    this.#timers.start(timer, leastMs + this.#deps.random() * (mostMs - leastMs), elapsed);
  }

  #authenticate(master: Pid, round: number): void {
    const { credential, processId } = this.#options;
    if (credential === undefined) return;
    this.#authenticatees += 1;
    const authenticateeId = `crammd5-authenticatee(${this.#authenticatees})`;
    this.#log.info("authenticating", { master: formatPid(master), principal: credential.principal });
    const request = { authenticateeId, processId, master, credential };
    this.#abandonAuthentication = startAuthentication(this.#deps.libprocess, request, (outcome) =>
      this.#onAuthenticated(outcome, round),
    );
  }

  #onAuthenticated(outcome: AuthenticationOutcome, round: number): void {
    switch (outcome.kind) {
      case "authenticated":
        this.#log.info("authenticated");
        return this.#dispatch({ type: "authenticated", round });
      case "refused":
        return this.#dispatch({ type: "not-authenticated", round, why: "refused" });
      case "error":
        this.#log.warn("authentication has failed and will be tried again", { reason: outcome.message });
        return this.#dispatch({ type: "not-authenticated", round, why: "error" });
    }
  }

  #register(master: Pid): void {
    const { libprocess, source } = this.#deps;
    const message = registrationMessage(source);
    if (message.kind === "fault") {
      if (message.cause !== undefined) this.#log.error("the registration cannot be made", { error: message.cause });
      return this.#dispatch({ type: "failed", message: message.message });
    }
    this.#log.info("registering", { master: formatPid(master), agentId: source.agentId() });
    libprocess.send(this.#options.processId, master, message.name, message.body);
  }

  #linkTo(master: Pid): void {
    if (this.#link !== undefined && samePid(this.#link.to, master)) return;
    this.#link?.release();
    const link = { to: master, release: () => {} };
    this.#link = link;
    link.release = this.#deps.libprocess.link(master, () => {
      if (this.#link === link) this.#link = undefined;
      this.#dispatch({ type: "connection-lost", peers: [master] });
    });
  }

  #deliver(round: number, call: () => Promise<void> | void): void {
    const deliver = async () => {
      try {
        await call();
      } catch (error) {
        this.#log.error("the master's answer cannot be stored", { error });
        return this.#dispatch({ type: "failed", message: "the master's answer cannot be stored" });
      }
      this.#dispatch({ type: "stored", round });
    };
    this.#delivery = deliver();
  }
}
