import { randomUUID } from "node:crypto";
import { createHttpEndpoints, type EventStream } from "@berth/http-endpoints";
import { createLibprocess, formatPid, type LibprocessMessage } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { Event } from "@berth/proto/v1/scheduler";
import { AuthenticateMessage } from "@berth/proto/internal/authentication";
import { PongSlaveMessage } from "@berth/proto/internal/messages";
import { isRegistration } from "./agents/agent-input.ts";
import { createAuthenticator } from "./agents/authenticator.ts";
import { type Books, createBooks, type MasterSettings } from "./books/books.ts";
import { nextDeadline } from "./books/clock.ts";
import { type MasterInput, takeTurn } from "./books/take-turn.ts";
import type { MasterEffect } from "./books/turn.ts";
import { masterRoutes } from "./http/master-routes.ts";
import type { LocalMaster, LocalMasterOptions } from "./local-master.ts";
import { nodeTimers, type Timers } from "./timers.ts";

export interface LocalMasterDeps {
  readonly log: Log;
  /** Math.random, crypto.randomUUID and Node's timers unless given. */
  readonly random?: (() => number) | undefined;
  readonly randomUuid?: (() => string) | undefined;
  readonly timers?: Timers | undefined;
}

const masterProcess = "master";

/** A master that listens on its own port after `start`. What it decides is decided by `takeTurn`; here it is wired to the world. */
export function createLocalMaster(deps: LocalMasterDeps, options: LocalMasterOptions): LocalMaster {
  const { log, random = Math.random, randomUuid = randomUUID, timers = nodeTimers } = deps;
  const libprocess = createLibprocess({ log, now: options.now }, { ip: options.ip ?? "127.0.0.1", port: options.port });
  const authenticator = createAuthenticator(
    { libprocess, log, timers, random, now: options.now },
    options.agentCredentials,
  );
  const streams = new Map<string, EventStream<Event>>();
  const links = new Map<string, () => void>();
  const observers = new Map<string, () => void>();
  const waiting: MasterInput[] = [];
  let books: Books | undefined;
  let running = false;
  let timer: unknown;

  const started = (): Books => {
    if (books === undefined) throw new TypeError("the local master has not been started");
    return books;
  };

  /** One input at a time: what an effect brings about waits for its turn. */
  const run = (input: MasterInput) => {
    if (books === undefined) return;
    waiting.push(input);
    if (running) return;
    running = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        try {
          for (const effect of takeTurn(books, next, options.now())) act(effect);
        } catch (error) {
          // One input is dropped, as a message would be that never came; agents and frameworks say again what matters.
          log.error("an input could not be worked on", { input: next.type, error });
        }
      }
    } finally {
      running = false;
      schedule(books);
    }
  };

  const schedule = (books: Books) => {
    timers.clearTimeout(timer);
    const deadline = nextDeadline(books);
    if (deadline === undefined) return;
    timer = timers.setTimeout(() => run({ type: "tick" }), Math.min(Math.max(deadline - options.now(), 0), maxDelayMs));
  };

  const act = (effect: MasterEffect) => {
    switch (effect.type) {
      case "send":
        return libprocess.send(effect.fromId, effect.to, effect.message.name, effect.message.body);
      case "link": {
        const { agentId } = effect;
        links.get(agentId)?.();
        // The end of a connection that was given up must not be taken for the end of its successor.
        const unlink = libprocess.link(effect.pid, () => {
          if (links.get(agentId) === unlink) run({ type: "agent-link-ended", agentId });
        });
        return links.set(agentId, unlink);
      }
      case "unlink":
        links.get(effect.agentId)?.();
        return links.delete(effect.agentId);
      case "observe": {
        const { agentId, observerId } = effect;
        const stop = libprocess.spawn(observerId, (message) => {
          if (message.name === PongSlaveMessage.$type) run({ type: "pong", agentId });
        });
        return observers.set(observerId, stop);
      }
      case "stop-observing":
        observers.get(effect.observerId)?.();
        return observers.delete(effect.observerId);
      case "event":
        return streams.get(effect.streamId)?.push(effect.event);
      case "end-stream":
        return streams.get(effect.streamId)?.close();
      case "log":
        return log[effect.level](effect.message, effect.fields);
    }
  };

  const hear = (message: LibprocessMessage) => {
    const { from, name, body } = message;
    if (name === AuthenticateMessage.$type) return authenticator.begin(message);
    if (isRegistration(name) && !authenticator.isAuthenticated(from)) {
      return log.warn("an agent has to authenticate before it registers", { agent: formatPid(from) });
    }
    run({ type: "agent-message", from, name, body });
  };

  return {
    get pid() {
      return formatPid(libprocess.pid(masterProcess));
    },
    get address() {
      return libprocess.address;
    },
    async start() {
      libprocess.spawn(masterProcess, hear);
      const routes = masterRoutes({ books: started, run, randomUuid, streams, now: options.now, build: options.build });
      libprocess.serveHttp(createHttpEndpoints({ log }, { routes, processIds: [masterProcess] }));
      await libprocess.listen();
      books = createBooks(randomUuid(), libprocess.pid(masterProcess), settingsOf(options), options.now());
      log.info("the local master listens", { pid: formatPid(books.pid), id: books.masterId });
    },
    async close() {
      books = undefined;
      timers.clearTimeout(timer);
      authenticator.close();
      for (const stream of streams.values()) stream.close();
      for (const unlink of links.values()) unlink();
      await libprocess.close();
    },
  };
}

/** setTimeout cannot wait longer; the next tick finds nothing due and waits on. */
const maxDelayMs = 2 ** 31 - 1;

function settingsOf(options: LocalMasterOptions): MasterSettings {
  return {
    agentPingTimeoutMs: options.agentPingTimeoutMs ?? 15_000,
    maxAgentPingTimeouts: options.maxAgentPingTimeouts ?? 5,
    agentReregisterTimeoutMs: options.agentReregisterTimeoutMs ?? 10 * 60_000,
    allocationIntervalMs: options.allocationIntervalMs ?? 1000,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
  };
}
