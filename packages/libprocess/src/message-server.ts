import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Budget } from "./budget.ts";
import type { HttpListener, LibprocessMessage, MessageHandler } from "./libprocess.ts";
import { readMessageHead } from "./message-head.ts";
import type { LibprocessLimits, LibprocessOptions } from "./options.ts";
import { otherSite } from "./other-site.ts";
import { Peer } from "./peer.ts";
import { formatPid, type Pid } from "./pid.ts";
import { receiveBody } from "./receive-body.ts";
import type { RepeatLog } from "./repeat-log.ts";
import { fromThisMachine, plainAddress } from "./this-machine.ts";

export interface MessageServerDeps {
  readonly log: RepeatLog;
  /** Bytes of bodies that are being received. */
  readonly bodies: Budget;
  /** Answers that were not read yet. */
  readonly answers: Budget;
  readonly processes: ReadonlyMap<string, MessageHandler>;
  /** Read for each request. */
  readonly httpListener: () => HttpListener | undefined;
  readonly onPeerGone: (senders: readonly Pid[]) => void;
}

/** Tells messages from HTTP and answers them as wire.md 1.3 says. An answer says only that a message came, never what became of it. */
export function createMessageServer(
  deps: MessageServerDeps,
  options: Pick<LibprocessOptions, "requirePeerAddressIpMatch" | "messagesFrom"> & {
    readonly limits: LibprocessLimits;
    /** In small letters. Undefined lets every site in. */
    readonly ownNames: ReadonlySet<string> | undefined;
  },
): HttpListener {
  const { log, processes } = deps;
  const peers = new WeakMap<Socket, Peer>();
  const peerOf = (socket: Socket) => {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const peer = new Peer();
    peers.set(socket, peer);
    socket.once("close", () => {
      if (peer.senders.length > 0) deps.onPeerGone(peer.senders);
    });
    return peer;
  };

  const handOver = (peer: Peer, message: LibprocessMessage) => {
    peer.note(message.from);
    try {
      // It may have ended since its message was answered; then nobody gets it.
      processes.get(message.to)?.(message);
    } catch (error) {
      log.warn("a handler threw", message.name, { to: message.to, name: message.name, error });
    }
  };

  const refuse = (request: IncomingMessage, response: ServerResponse, status: number, reason: string) => {
    log.warn(status === 403 ? "request refused" : "message refused", String(status), {
      from: request.socket.remoteAddress,
      url: request.url,
      status,
      reason,
    });
    answerMessage(request, response, status, reason);
    request.resume();
  };

  // A peer that sends and does not read would leave its answers with us, thousands a connection.
  const answerMessage = (request: IncomingMessage, response: ServerResponse, status: number, text?: string) => {
    const { socket } = request;
    const evict = () => {
      log.warn("connection closed: its answers are not read", "", { from: socket.remoteAddress });
      socket.destroy();
    };
    const hold = deps.answers.hold(evict);
    response.once("close", () => hold.release());
    answer(response, status, text);
    if (!hold.grow(1)) evict();
  };

  return (request, response) => {
    response.on("error", () => {}); // the peer is gone; its connection says so
    const foreign = options.ownNames && otherSite(request, options.ownNames);
    if (foreign !== undefined) {
      refuse(request, response, 403, foreign);
      return;
    }
    const head = readMessageHead(request);
    if (head.kind === "http") {
      serve(log, deps.httpListener(), request, response);
      return;
    }
    if (head.kind === "refused") {
      refuse(request, response, head.status, head.reason);
      return;
    }
    const { from, to, name } = head;
    if (options.messagesFrom === "this-machine" && !fromThisMachine(request.socket)) {
      refuse(request, response, 403, "messages are taken from this machine only");
      return;
    }
    if (options.requirePeerAddressIpMatch === true && from.host !== plainAddress(request.socket.remoteAddress)) {
      refuse(request, response, 400, `${formatPid(from)} does not have the address of its connection`);
      return;
    }
    if (!processes.has(to)) {
      refuse(request, response, 404, "404 Not Found.");
      return;
    }
    const peer = peerOf(request.socket);
    const proceed = peer.reserve();
    receiveBody(request, deps.bodies, options.limits.messageBytes, (received) => {
      if (received.kind === "complete") {
        answerMessage(request, response, 202);
        proceed(() => {
          received.release();
          handOver(peer, { from, to, name, body: received.body });
        });
        return;
      }
      if (received.kind === "refused") refuse(request, response, received.status, received.reason);
      proceed();
    });
  };
}

function answer(response: ServerResponse, status: number, text = ""): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "Content-Length": Buffer.byteLength(text),
    ...(text !== "" && { "Content-Type": "text/plain; charset=utf-8" }),
  });
  response.end(text);
}

function serve(log: RepeatLog, listener: HttpListener | undefined, request: IncomingMessage, response: ServerResponse) {
  if (listener === undefined) {
    answer(response, 404, "404 Not Found.");
    return;
  }
  try {
    listener(request, response);
  } catch (error) {
    log.warn("the HTTP listener threw", "", { url: request.url, error });
    if (response.headersSent) response.destroy();
    else answer(response, 500, "500 Internal Server Error.");
  }
}
