import { randomUUID } from "node:crypto";
import { createHttpEndpoints, type EventStream } from "@berth/http-endpoints";
import { createLibprocess, formatPid, type LibprocessMessage } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { Event } from "@berth/proto/v1/scheduler";
import { AuthenticateMessage } from "@berth/proto/internal/authentication";
import { isRegistration } from "./agents/agent-input.ts";
import { createAuthenticator } from "./agents/authenticator.ts";
import { type Books, createBooks, type MasterSettings } from "./books/books.ts";
import { nextDeadline } from "./books/clock.ts";
import { type MasterInput, takeTurn } from "./books/take-turn.ts";
import { createEffectRunner } from "./effect-runner.ts";
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
  const { ip = "127.0.0.1", port, limits } = options;
  // Who reaches the port may run anything here: on loopback that is for the machine's users, not for the pages that they look at.
  const refuseOtherSites = ip.startsWith("127.") ? { ownNames: [] } : undefined;
  const libprocess = createLibprocess(
    { log, now: options.now },
    { ip, port, advertiseIp: options.advertiseIp, limits, refuseOtherSites },
  );
  const authenticator = createAuthenticator(
    { libprocess, log, timers, random, now: options.now },
    options.agentCredentials,
  );
  const streams = new Map<string, EventStream<Event>>();
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
    const current = books;
    if (current === undefined) return;
    waiting.push(input);
    if (running) return;
    running = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const taken = next;
      const effects = guarded(taken.type, () => takeTurn(current, taken, options.now())) ?? [];
      for (const effect of effects) guarded(effect.type, () => effectRunner.act(effect));
    }
    running = false;
    schedule(current);
  };
  const effectRunner = createEffectRunner({ libprocess, log, streams, run });

  /** A fault of ours costs the one input or effect; agents and frameworks say again what matters. */
  const guarded = <T>(what: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      log.error("the master failed at something", { what, error });
      return undefined;
    }
  };

  const schedule = (current: Books) => {
    timers.clearTimeout(timer);
    if (books === undefined) return;
    const deadline = nextDeadline(current);
    if (deadline === undefined) return;
    timer = timers.setTimeout(() => run({ type: "tick" }), Math.min(Math.max(deadline - options.now(), 0), maxDelayMs));
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
      effectRunner.close();
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
