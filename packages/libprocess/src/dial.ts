import net, { type Socket } from "node:net";
import tls from "node:tls";
import { LibprocessError } from "./errors.ts";
import type { LibprocessTls } from "./options.ts";

/** The IPv4 address of a name. Rejects when there is none. */
export type Lookup = (hostName: string) => Promise<string>;

export interface Dialer {
  readonly lookup: Lookup;
  readonly tls: LibprocessTls | undefined;
  readonly connectTimeoutMs: number;
}

const keepAliveDelayMs = 60_000;

/**
 * Resolves with a socket that can be written to. Rejects with LibprocessError `lookup-failed`, `connect-failed` or
 * `connect-timeout`, or with the signal's reason.
 */
export async function dial(
  dialer: Dialer,
  to: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const address = `${to.host}:${to.port}`;
  const timeout = AbortSignal.timeout(dialer.connectTimeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  try {
    const ip = net.isIPv4(to.host) ? to.host : await beforeAbort(lookUp(dialer.lookup, to.host, address), either);
    return await connect(dialer.tls, to.host, ip, to.port, either);
  } catch (cause) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      const message = `no connection to ${address} within ${dialer.connectTimeoutMs} ms`;
      throw new LibprocessError("connect-timeout", message, address, { cause });
    }
    if (cause instanceof LibprocessError) throw cause;
    throw new LibprocessError("connect-failed", `cannot connect to ${address}`, address, { cause });
  }
}

async function lookUp(lookup: Lookup, host: string, address: string): Promise<string> {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new LibprocessError("lookup-failed", `${host} has no IPv4 address`, address, { cause });
  }
}

/** A look-up cannot be called off; it can be left alone. */
async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function connect(
  options: LibprocessTls | undefined,
  host: string,
  ip: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const tcp = { host: ip, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
  const socket = options === undefined ? net.connect(tcp) : secure(options, host, tcp);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  socket.once(options === undefined ? "connect" : "secureConnect", resolve);
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("closed while connecting")));
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    socket.off("error", reject);
  }
}

function secure(options: LibprocessTls, host: string, tcp: net.TcpNetConnectOpts): Socket {
  return tls.connect({
    ...tcp,
    key: asPem(options.key),
    cert: asPem(options.cert),
    ca: asPem(options.ca),
    rejectUnauthorized: options.verifyServer,
    // A certificate is held against what stands in the PID, not against what that resolved to.
    ...(net.isIP(host) === 0 && { servername: host }),
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(host, certificate),
  });
}

export function asPem(pem: string | Uint8Array | undefined): string | Buffer | undefined {
  return pem instanceof Uint8Array ? Buffer.from(pem) : pem;
}
