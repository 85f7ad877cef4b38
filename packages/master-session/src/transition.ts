import { samePid } from "@berth/libprocess";
import { ruleFor } from "./message-rules.ts";
import { livesAtMaster, senderOf } from "./sender.ts";
import {
  defaultPingTimeoutMs,
  type DropReason,
  type LossReason,
  type SessionEffect,
  type SessionEvent,
  type SessionModel,
  type Transition,
} from "./session-model.ts";

/** Former masters that are remembered: more than any ensemble has. */
const mostFormers = 16;

type Event<T extends SessionEvent["type"]> = Extract<SessionEvent, { readonly type: T }>;

/** The whole session. Events that a state has no use for change nothing. The README shows it as a table. */
export function transition(model: SessionModel, event: SessionEvent): Transition {
  switch (event.type) {
    case "recovered":
      if (model.state !== "RECOVERING") return stay(model);
      return move(model, { ...model, state: "DISCONNECTED" }, { type: "detect" });
    case "detected":
      return detected(model, event);
    case "elapsed":
      return elapsed(model, event);
    case "authenticated":
      if (event.round !== model.round || model.step !== "authenticating") return stay(model);
      return register({ ...model, attempts: 0 }, { type: "cancel-timer", timer: "authentication" });
    case "not-authenticated":
      if (event.round !== model.round || model.step !== "authenticating") return stay(model);
      // An error has its attempt's whole time to pass: a master that refuses at once must not be asked at once.
      return event.why === "error" ? stay(model) : fail(model, "the master refuses the agent's credentials");
    case "registered":
    case "reregistered":
      return answered(model, event);
    case "stored":
      return stored(model, event);
    case "ping":
      return pinged(model, event);
    case "connection-lost":
      return connectionLost(model, event);
    case "message":
      return judged(model, event);
    case "shutdown-ordered":
      return shutdownOrdered(model, event);
    case "failed":
      return fail(model, event.message);
    case "terminate":
      return end(model);
  }
}

function detected(model: SessionModel, { master }: Event<"detected">): Transition {
  if (model.state === "RECOVERING") return stay(model);
  const before = model.master?.pid;
  const same = before !== undefined && master !== undefined && samePid(before, master.pid);
  const formers = before === undefined || same ? model.formers : [before, ...model.formers].slice(0, mostFormers);
  const next: SessionModel = {
    ...model,
    master,
    // Who leads again is no former any more.
    formers: master === undefined ? formers : formers.filter((each) => !samePid(each, master.pid)),
    alias: same ? model.alias : undefined,
    round: model.round + 1,
    attempts: 0,
    step: "idle",
  };
  if (model.state === "TERMINATING") return move(model, next);
  const disconnected: SessionModel = { ...next, state: "DISCONNECTED" };
  if (master === undefined) return move(model, disconnected, ...rest(model));
  return move(model, { ...disconnected, step: "delaying" }, ...rest(model), {
    type: "start-timer",
    timer: "backoff",
    count: 0,
  });
}

function elapsed(model: SessionModel, { timer }: Event<"elapsed">): Transition {
  switch (timer) {
    case "hint-pause":
      return stay({ ...model, hints: { ...model.hints, paused: false } });
    case "ping":
      return model.state === "RUNNING" || model.step === "storing" ? lose(model, "ping-timeout") : stay(model);
    case "authentication":
      return model.step === "authenticating" ? authenticate(model, { type: "abandon-authentication" }) : stay(model);
    case "backoff":
      if (model.step === "registering") return register(model);
      if (model.step !== "delaying") return stay(model);
      return model.authenticates ? authenticate(model) : register(model);
  }
}

function authenticate(model: SessionModel, ...before: readonly SessionEffect[]): Transition {
  if (model.master === undefined) return stay(model);
  const [attempts, round] = [model.attempts + 1, model.round + 1];
  return move(
    model,
    { ...model, step: "authenticating", attempts, round },
    ...before,
    { type: "authenticate", to: model.master.pid, round },
    { type: "start-timer", timer: "authentication", count: attempts },
  );
}

function register(model: SessionModel, ...before: readonly SessionEffect[]): Transition {
  if (model.master === undefined) return stay(model);
  const attempts = model.attempts + 1;
  return move(
    model,
    { ...model, step: "registering", attempts },
    ...before,
    { type: "register", to: model.master.pid },
    { type: "start-timer", timer: "backoff", count: attempts },
  );
}

function answered(model: SessionModel, event: Event<"registered"> | Event<"reregistered">): Transition {
  if (model.state === "RECOVERING" || model.state === "TERMINATING") return drop(model, "state");
  const sender = senderOf(model, event.from);
  if (sender === "stranger") return drop(model, "unknown-sender");
  // What answers a question of before the last detection is not taken: the present one will be answered too.
  const running = model.state === "RUNNING";
  if (!running && model.step !== "registering") return drop(model, "unasked");
  if (event.type === "reregistered" && event.ownId === undefined) return drop(model, "unasked");
  if (event.ownId !== undefined && event.ownId !== event.agentId) {
    return fail(model, `the master knows this agent as ${event.agentId}, not as ${event.ownId}`);
  }
  const pingTimeoutMs = event.pingTimeoutMs ?? defaultPingTimeoutMs;
  const alias = sender === "candidate" ? event.from : model.alias;
  const watch: SessionEffect = { type: "start-timer", timer: "ping", delayMs: pingTimeoutMs };
  const deliver: SessionEffect =
    event.type === "registered"
      ? { type: "deliver-registered", agentId: event.agentId, round: model.round }
      : { type: "deliver-reregistered", message: event.message, round: model.round };
  if (running) {
    // Two of our attempts were answered. The second may hold other reconciliations; an id is known already.
    const again = event.type === "reregistered" ? [watch, deliver] : [watch];
    return move(model, { ...model, alias, pingTimeoutMs }, ...again);
  }
  const next: SessionModel = { ...model, step: "storing", alias, pingTimeoutMs };
  return move(model, next, { type: "cancel-timer", timer: "backoff" }, watch, deliver);
}

function stored(model: SessionModel, { round }: Event<"stored">): Transition {
  if (round !== model.round || model.step !== "storing" || model.master === undefined) return stay(model);
  const falseAlarm = model.hints.pending && model.attempts === 1;
  const falseAlarms = model.hints.pending ? (falseAlarm ? model.hints.falseAlarms + 1 : 0) : model.hints.falseAlarms;
  const hints = { ...model.hints, pending: false, falseAlarms };
  return move(model, { ...model, state: "RUNNING", step: "idle", hints }, { type: "link", to: model.master.pid });
}

function pinged(model: SessionModel, event: Event<"ping">): Transition {
  const pong: SessionEffect = { type: "pong", to: event.from };
  const watched = model.state === "RUNNING" || model.step === "storing";
  // Somebody else's ping is answered, since it costs nothing; it is no sign of our master.
  if (!watched || !livesAtMaster(model, event.from)) return move(model, model, pong);
  if (!event.connected && model.state === "RUNNING") return lose(model, "not-connected", pong);
  return move(model, model, pong, { type: "start-timer", timer: "ping", delayMs: model.pingTimeoutMs });
}

/** A hint that the master has restarted or thinks us gone. It only makes us register again; tasks are not touched by it. */
function connectionLost(model: SessionModel, { peers }: Event<"connection-lost">): Transition {
  if (model.state !== "RUNNING" || model.hints.paused) return stay(model);
  if (!peers.some((peer) => livesAtMaster(model, peer))) return stay(model);
  const hints = { ...model.hints, paused: true, pending: true };
  const pause: SessionEffect = { type: "start-timer", timer: "hint-pause", count: hints.falseAlarms };
  return lose({ ...model, hints }, "connection-lost", pause);
}

function judged(model: SessionModel, event: Event<"message">): Transition {
  const rule = ruleFor(event.name);
  if (rule === undefined) return drop(model, "unknown-kind");
  if (rule.sender === "master" && senderOf(model, event.from) !== "master") return drop(model, "unknown-sender");
  if (!rule.states.includes(model.state)) return drop(model, "state");
  return move(model, model, { type: "deliver-message" });
}

/** May be the master's refusal of a registration, and so its first word to us. */
function shutdownOrdered(model: SessionModel, event: Event<"shutdown-ordered">): Transition {
  const sender = senderOf(model, event.from);
  const believed = sender === "master" || (sender === "candidate" && model.step === "registering");
  if (!believed) return drop(model, "unknown-sender");
  return end(model, { type: "shutdown", kind: "ordered", message: event.message });
}

/** Faith in the master is lost; the detector says whom to turn to. */
function lose(model: SessionModel, why: LossReason, ...before: readonly SessionEffect[]): Transition {
  const next: SessionModel = { ...model, state: "DISCONNECTED", step: "idle", round: model.round + 1, attempts: 0 };
  return move(model, next, ...before, { type: "cancel-timer", timer: "ping" }, { type: "redetect", why });
}

function fail(model: SessionModel, message: string): Transition {
  if (model.state === "TERMINATING") return stay(model);
  return end(model, { type: "shutdown", kind: "fatal", message });
}

function end(model: SessionModel, ...after: readonly SessionEffect[]): Transition {
  if (model.state === "TERMINATING") return move(model, model, ...after);
  const next: SessionModel = { ...model, state: "TERMINATING", step: "idle", round: model.round + 1 };
  const ended = move(model, next, ...rest(model));
  return { state: ended.state, effects: [...ended.effects, ...after] };
}

/** What ends whatever is going on. */
function rest(model: SessionModel): readonly SessionEffect[] {
  const effects: SessionEffect[] = [];
  if (["delaying", "registering"].includes(model.step)) effects.push({ type: "cancel-timer", timer: "backoff" });
  if (model.step === "authenticating") {
    effects.push({ type: "cancel-timer", timer: "authentication" }, { type: "abandon-authentication" });
  }
  if (model.state === "RUNNING" || model.step === "storing") effects.push({ type: "cancel-timer", timer: "ping" });
  return effects;
}

function drop(model: SessionModel, why: DropReason): Transition {
  return { state: model, effects: [{ type: "drop", why }] };
}

function stay(model: SessionModel): Transition {
  return { state: model, effects: [] };
}

/** The effects, and an announcement at their end when there is something to announce. */
function move(before: SessionModel, after: SessionModel, ...effects: readonly SessionEffect[]): Transition {
  const changed = before.state !== after.state || !sameMaster(before, after);
  return { state: after, effects: changed ? [...effects, { type: "announce" }] : effects };
}

function sameMaster(a: SessionModel, b: SessionModel): boolean {
  if (a.master === undefined || b.master === undefined) return a.master === b.master;
  return samePid(a.master.pid, b.master.pid) && a.master.hostname === b.master.hostname;
}
