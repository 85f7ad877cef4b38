import http, { type Server } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { asPem } from "./dial.ts";
import type { HttpListener } from "./libprocess.ts";
import type { LibprocessTls } from "./options.ts";
import type { RepeatLog } from "./repeat-log.ts";

/** A server that closes no connection of its own accord: an idle one is a link, and its end means that we are gone. */
export function createHttpServer(
  options: { readonly headerBytes: number; readonly tls: LibprocessTls | undefined },
  log: RepeatLog,
  onRequest: HttpListener,
): Server | https.Server {
  const common: http.ServerOptions = {
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    maxHeaderSize: options.headerBytes,
    // 1.11 sends an empty Host, others may send none.
    requireHostHeader: false,
    noDelay: true,
    // So that a host that vanished without a FIN is noticed in the end.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? http.createServer(common, onRequest)
      : https.createServer(
          {
            ...common,
            key: asPem(tls.key),
            cert: asPem(tls.cert),
            ca: asPem(tls.ca),
            requestCert: tls.requireClientCertificate,
            rejectUnauthorized: tls.requireClientCertificate,
          },
          onRequest,
        );
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    // Only this connection: what it said is no HTTP, or no TLS.
    const { code = "" } = error;
    const from = socket.remoteAddress;
    if (code.startsWith("HPE_")) {
      log.warn("connection closed: it does not speak HTTP", code, { from, code });
      const status = code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
      if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    } else if (code.startsWith("ERR_SSL_")) {
      log.warn("connection closed: it does not speak TLS as we do", code, { from, code });
    }
    socket.destroySoon();
  });
  return server;
}
