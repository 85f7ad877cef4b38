import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import type { Log } from "@berth/log";
import { Budget } from "./budget.ts";
import { capConnections } from "./connection-cap.ts";
import { Destination } from "./destination.ts";
import type { Lookup } from "./dial.ts";
import { LibprocessError } from "./errors.ts";
import { createHttpServer } from "./http-server.ts";
import type { HttpListener, Libprocess, MessageHandler } from "./libprocess.ts";
import { encodeRequest } from "./message-frame.ts";
import { createMessageServer } from "./message-server.ts";
import { defaultLimits, type LibprocessOptions } from "./options.ts";
import { formatPid, type Pid } from "./pid.ts";
import { hostOf } from "./other-site.ts";
import { createRepeatLog } from "./repeat-log.ts";

export interface LibprocessDeps {
  readonly log: Log;
  /** Milliseconds of any clock that goes forward. */
  readonly now: () => number;
  /** The IPv4 address of a name; the system's resolver when absent. */
  readonly lookup?: Lookup | undefined;
  /** This machine's name, for `ip: "0.0.0.0"`; the system's when absent. */
  readonly hostName?: (() => string) | undefined;
}

const anyIp = "0.0.0.0";
/** As many as the kernel lets wait to be accepted: a thousand may come within one busy moment, and Node's 511 would reset the rest. */
const backlog = 65_535;

/** libprocess on one port. Opens nothing before `listen`. Throws LibprocessError `tls-failed` for certificates that cannot be used. */
export function createLibprocess(deps: LibprocessDeps, options: LibprocessOptions): Libprocess {
  const limits = { ...defaultLimits, ...options.limits };
  const log = createRepeatLog(deps.log);
  const resolve = deps.lookup ?? lookUpIpv4;
  const processes = new Map<string, MessageHandler>();
  const peerGoneListeners = new Set<(senders: readonly Pid[]) => void>();
  const destinations = new Map<string, Destination>();
  let httpListener: HttpListener | undefined;
  let boundPort = options.port;
  let advertisedHost = options.advertiseIp ?? options.ip;
  let closing = false;

  const onRequest = createMessageServer(
    {
      log,
      bodies: new Budget(limits.inFlightBytes, deps.now),
      answers: new Budget(limits.unreadAnswers, deps.now),
      processes,
      httpListener: () => httpListener,
      onPeerGone: (senders) => {
        for (const listener of closing ? [] : peerGoneListeners) {
          try {
            listener(senders);
          } catch (error) {
            log.warn("a listener threw", "", { error });
          }
        }
      },
    },
    { ...options, limits, ownNames: ownNames(options, (deps.hostName ?? hostname)()) },
  );
  const server = createServer();
  const sockets = capConnections(server, limits, log);

  function createServer() {
    try {
      return createHttpServer({ headerBytes: limits.headerBytes, tls: options.tls }, log, onRequest);
    } catch (cause) {
      const address = `${options.ip}:${options.port}`;
      throw new LibprocessError("tls-failed", "the key or certificate cannot be used", address, { cause });
    }
  }

  const pid = (id: string): Pid => ({ id, host: advertisedHost, port: options.advertisePort ?? boundPort });

  const destinationOf = (to: Pid): Destination => {
    const address = `${to.host}:${to.port}`;
    const known = destinations.get(address);
    if (known !== undefined) return known;
    const destination = new Destination(
      {
        dialer: { lookup: resolve, tls: options.tls, connectTimeoutMs: limits.connectTimeoutMs },
        log,
        onVacant: () => {
          if (destinations.get(address) === destination) destinations.delete(address);
        },
      },
      { host: to.host, port: to.port },
      limits,
    );
    destinations.set(address, destination);
    return destination;
  };

  return {
    async listen() {
      const address = `${options.ip}:${options.port}`;
      try {
        if (options.advertiseIp === undefined && options.ip === anyIp) {
          advertisedHost = await resolve((deps.hostName ?? hostname)());
        }
        server.listen({ host: options.ip, port: options.port, backlog });
        await once(server, "listening");
      } catch (cause) {
        throw new LibprocessError("listen-failed", `cannot listen on ${address}`, address, { cause });
      }
      boundPort = (server.address() as AddressInfo).port;
      server.on("error", (error) => log.warn("accepting failed", "", { error }));
    },
    get address() {
      const { host, port } = pid("");
      return { host, port };
    },
    get bound() {
      return { host: options.ip, port: boundPort };
    },
    pid,
    spawn(id, handler) {
      processes.set(id, handler);
      return () => {
        if (processes.get(id) === handler) processes.delete(id);
      };
    },
    send(fromId, to, name, body) {
      const bytes = encodeRequest({ from: pid(fromId), to, name, body }, options.hostHeader ?? "address");
      if (closing || bytes === undefined || to.port === 0) {
        log.warn("message dropped: it cannot be sent", closing ? "closing" : "", { to: formatPid(to), name, closing });
        return;
      }
      destinationOf(to).send(bytes);
    },
    link(to, onExited) {
      if (closing) return () => {};
      return destinationOf(to).link(onExited);
    },
    renew(to) {
      destinations.get(`${to.host}:${to.port}`)?.renew();
    },
    onPeerGone(listener) {
      peerGoneListeners.add(listener);
      return () => peerGoneListeners.delete(listener);
    },
    serveHttp(listener) {
      httpListener = listener;
    },
    async flush(timeoutMs) {
      const timeout = Promise.withResolvers<void>();
      const timer = setTimeout(timeout.resolve, timeoutMs);
      await Promise.race([Promise.all([...destinations.values()].map((each) => each.drained())), timeout.promise]);
      clearTimeout(timer);
    },
    async close() {
      if (closing) return;
      closing = true;
      const closed = server.listening ? once(server, "close") : undefined;
      if (closed !== undefined) server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([...destinations.values()].map((each) => each.close()));
      destinations.clear();
      await closed;
      log.close();
    },
  };
}

/** The machine's name counts with its domain and without. */
function ownNames({ refuseOtherSites }: LibprocessOptions, machine: string): ReadonlySet<string> | undefined {
  if (refuseOtherSites === undefined) return undefined;
  const [label = ""] = machine.split(".", 1);
  return new Set([machine, label, ...refuseOtherSites.ownNames].map(hostOf));
}

async function lookUpIpv4(hostName: string): Promise<string> {
  const { address } = await lookup(hostName, { family: 4 });
  return address;
}
