import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Dialer, dial } from "./dial.ts";
import type { RepeatLog } from "./repeat-log.ts";
import { type Frame, SendQueue } from "./send-queue.ts";

const batchBytes = 256 * 1024;
const lingerMs = 2000;

export interface DestinationDeps {
  readonly dialer: Dialer;
  readonly log: RepeatLog;
  /** Called when nothing is left: no connection, no link, nothing to send. */
  readonly onVacant: () => void;
}

/** What is being written, and whether some of it may have left. */
interface Writing {
  readonly frames: readonly Frame[];
  begun: boolean;
}

/**
 * The one outgoing connection to an address. Answers are read and thrown away, as libprocess does: they say nothing.
 *
 * - A connect that fails drops all that waits. A connection that is lost keeps what was never written, for one other connection.
 * - What was written is gone with the connection, answered or not: libprocess never repeats.
 */
export class Destination {
  readonly #deps: DestinationDeps;
  readonly #to: { readonly host: string; readonly port: number };
  readonly #address: string;
  readonly #idleMs: number;
  readonly #queue: SendQueue;
  readonly #links = new Set<{ readonly onExited: () => void }>();
  readonly #abort = new AbortController();
  #dialing = false;
  #socket: Socket | undefined;
  #writing: Writing | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #drained = Promise.withResolvers<void>();

  constructor(
    deps: DestinationDeps,
    to: { readonly host: string; readonly port: number },
    options: { readonly queueBytes: number; readonly idleMs: number },
  ) {
    this.#deps = deps;
    this.#to = to;
    this.#address = `${to.host}:${to.port}`;
    this.#idleMs = options.idleMs;
    this.#queue = new SendQueue(options.queueBytes);
  }

  send(bytes: Buffer): void {
    if (!this.#queue.push(bytes)) {
      this.#dropped("message dropped: the queue of its destination is full", 1);
      return;
    }
    this.#pump();
  }

  link(onExited: () => void): () => void {
    const link = { onExited };
    this.#links.add(link);
    this.#pump();
    return () => {
      if (this.#links.delete(link)) this.#pump();
    };
  }

  /** Another connection in place of the present one. */
  renew(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#abandon();
    // What the system still holds of it must not come late, behind what goes over the new one.
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
    this.#pump();
  }

  /** Resolves when nothing waits any more, written or dropped. */
  async drained(): Promise<void> {
    if (this.#busy) await this.#drained.promise;
  }

  /** Gives up what waits and ends the connection in good order; links end without a call. */
  async close(): Promise<void> {
    this.#links.clear();
    this.#abort.abort(new Error("closed"));
    this.#dropped("messages dropped: closing", this.#queue.clear());
    clearTimeout(this.#idleTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#drained.resolve();
    if (socket !== undefined) await endAndLinger(socket);
  }

  get #busy(): boolean {
    return this.#queue.length > 0 || this.#writing !== undefined;
  }

  /** Does the next thing there is to do; called after every change. */
  #pump(): void {
    if (this.#abort.signal.aborted || this.#dialing || this.#writing !== undefined) return;
    clearTimeout(this.#idleTimer);
    if (this.#socket === undefined) {
      if (this.#queue.length > 0 || this.#links.size > 0) void this.#dial();
      else this.#deps.onVacant();
      return;
    }
    if (this.#queue.length > 0) {
      this.#write(this.#socket);
      return;
    }
    this.#settleDrained();
    if (this.#links.size === 0) this.#idleTimer = setTimeout(() => this.#endIdle(), this.#idleMs).unref();
  }

  async #dial(): Promise<void> {
    this.#dialing = true;
    try {
      const socket = await dial(this.#deps.dialer, this.#to, this.#abort.signal);
      this.#open(socket);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const count = this.#queue.clear();
      this.#deps.log.warn("cannot connect", this.#address, { to: this.#address, dropped: count, error });
      this.#settleDrained();
      this.#exit();
    } finally {
      this.#dialing = false;
    }
    this.#pump();
  }

  #open(socket: Socket): void {
    if (this.#abort.signal.aborted) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#noteRefusal(bytes));
    socket.on("error", () => {}); // close follows
    const lost = () => this.#lose(socket);
    socket.once("end", lost);
    socket.once("close", lost);
    if (socket.destroyed || socket.readableEnded) lost();
  }

  #write(socket: Socket): void {
    const writing: Writing = { frames: this.#queue.take(batchBytes), begun: false };
    this.#writing = writing;
    socket.write(Buffer.concat(writing.frames.map(({ bytes }) => bytes)), (error) => {
      if (this.#writing !== writing) return;
      if (error != null) {
        this.#lose(socket);
        return;
      }
      this.#writing = undefined;
      this.#pump();
    });
    // A socket whose peer is gone refuses the write at once, all of it. Later some of it may have left.
    process.nextTick(() => {
      writing.begun = true;
    });
  }

  #lose(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#abandon();
    // What stays written goes out before the end does.
    void endAndLinger(socket);
    this.#exit();
    this.#pump();
  }

  #abandon(): void {
    this.#socket = undefined;
    clearTimeout(this.#idleTimer);
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing !== undefined) {
      const lost = writing.begun ? writing.frames.length : this.#queue.putBack(writing.frames);
      this.#dropped("messages lost with their connection", lost);
    }
    if (!this.#busy) this.#settleDrained();
  }

  #exit(): void {
    const links = [...this.#links];
    this.#links.clear();
    for (const { onExited } of links) {
      try {
        onExited();
      } catch (error) {
        this.#deps.log.warn("a link's callback threw", "", { error });
      }
    }
  }

  #endIdle(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    void endAndLinger(socket);
    this.#pump();
  }

  #settleDrained(): void {
    this.#drained.resolve();
    this.#drained = Promise.withResolvers<void>();
  }

  #dropped(message: string, count: number): void {
    if (count > 0) this.#deps.log.warn(message, this.#address, { to: this.#address, count });
  }

  /** Only for the log, and only when the answer starts the segment: 404 is common, and means nothing to a sender. */
  #noteRefusal(bytes: Buffer): void {
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(bytes.subarray(0, 12).toString("latin1"))?.[1];
    if (status === undefined || Number(status) < 400) return;
    this.#deps.log.warn("a message of ours was refused", `${this.#address} ${status}`, {
      to: this.#address,
      status: Number(status),
    });
  }
}

/** FIN, then what the peer still says is read: closing with unread bytes would be a reset, which can undo what was delivered. */
async function endAndLinger(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => {
    clearTimeout(timer);
    resolve();
  });
  socket.end();
  await promise;
}
