import type { Socket } from "node:net";
import { buildConnector } from "undici";

/** Takes what arrives on a socket straight from the buffers that the socket reads into. */
export interface TapSink {
  /** Where the next bytes shall go; never empty, and the sink's own until `filled` or another answer of this. */
  room(): Uint8Array;
  /** So many bytes now stand at the beginning of the last `room`. False asks for a pause until `SocketTap.resume`; more may still come. */
  filled(bytes: number): boolean;
  /** Bytes that came another way and stay valid only during the call. False as above. */
  copy(bytes: Uint8Array): boolean;
}

const headBufferBytes = 64 * 1024;

/**
 * The plain TCP connection of one HTTP client, with a way past its parser. Node reads a socket into fresh memory each time, and
 * for large bodies the kernel's clearing of those pages costs more than all else; with `onread` it reads into ours. Until a sink
 * takes over, the bytes are copied into the socket's readable side as if nothing were different.
 */
export class SocketTap {
  readonly connector: buildConnector.connector;
  readonly #head: Buffer = Buffer.allocUnsafe(headBufferBytes);
  #socket: Socket | undefined;
  #sink: TapSink | undefined;

  constructor(timeoutMs: number) {
    const connect = buildConnector({
      timeout: timeoutMs,
      onread: {
        buffer: () => this.#sink?.room() ?? this.#head,
        callback: (bytes, buffer) => this.#read(bytes, buffer),
      },
    });
    this.connector = (options, callback) => {
      // It answers with the socket, which may be connecting for a while; its types do not say so.
      this.#socket = connect(options, callback) as unknown as Socket;
      return this.#socket;
    };
  }

  /** From now on all bytes go to the sink; first those that wait in the socket. */
  takeOver(sink: TapSink): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    this.#sink = sink;
    // At most two of the head's buffers: no reason to pause.
    for (let chunk = read(socket); chunk !== null; chunk = read(socket)) sink.copy(chunk);
  }

  /** Goes on after a pause. */
  resume(): void {
    if (this.#socket?.destroyed === false) this.#socket.read(0);
  }

  /** Gives up a connection that does not stand yet; one that does is its client's. */
  abandon(): void {
    if (this.#socket?.connecting === true) this.#socket.destroy(new Error("the request was given up"));
  }

  #read(bytes: number, buffer: Uint8Array): boolean {
    if (this.#sink === undefined) return this.#socket?.push(Buffer.from(buffer.subarray(0, bytes))) === true;
    // The socket asks for its next buffer when it has filled one, so the first after the change is still the old one.
    if (buffer === this.#head) return this.#sink.copy(buffer.subarray(0, bytes));
    return this.#sink.filled(bytes);
  }
}

function read(socket: Socket): Buffer | null {
  const chunk: unknown = socket.read();
  return Buffer.isBuffer(chunk) ? chunk : null;
}
