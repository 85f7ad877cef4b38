import {
  formatPid,
  type Libprocess,
  type LibprocessMessage,
  type MessageHandler,
  type Pid,
  samePid,
} from "@berth/libprocess";
import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";

export interface SentMessage {
  readonly from: string;
  readonly to: Pid;
  readonly name: string;
  readonly body: Uint8Array;
}

/** A libprocess without a wire: what is sent is kept, what a test says arrives at once. */
export class FakeLibprocess implements Pick<Libprocess, "send" | "spawn" | "link" | "renew" | "onPeerGone" | "pid"> {
  readonly sent: SentMessage[] = [];
  readonly links: { readonly to: Pid; readonly onExited: () => void }[] = [];
  readonly renewed: Pid[] = [];
  readonly handlers = new Map<string, MessageHandler>();
  readonly #goneListeners = new Set<(senders: readonly Pid[]) => void>();

  pid(id: string): Pid {
    return { id, host: "127.0.0.1", port: 5051 };
  }

  send(from: string, to: Pid, name: string, body: Uint8Array): void {
    this.sent.push({ from, to, name, body });
  }

  spawn(id: string, handler: MessageHandler): () => void {
    this.handlers.set(id, handler);
    return () => {
      if (this.handlers.get(id) === handler) this.handlers.delete(id);
    };
  }

  link(to: Pid, onExited: () => void): () => void {
    const link = { to, onExited };
    this.links.push(link);
    return () => this.#unlink(link);
  }

  renew(to: Pid): void {
    this.renewed.push(to);
  }

  onPeerGone(listener: (senders: readonly Pid[]) => void): () => void {
    this.#goneListeners.add(listener);
    return () => this.#goneListeners.delete(listener);
  }

  /** False when no process of that id is there. */
  receive(message: LibprocessMessage): boolean {
    const handler = this.handlers.get(message.to);
    handler?.(message);
    return handler !== undefined;
  }

  /** As a message of `codec` from `from` to `slave(1)`, or to another. */
  deliver<T extends object>(codec: MessageCodec<T>, from: Pid, message: NoInfer<T>, to = "slave(1)"): boolean {
    return this.receive({ from, to, name: codec.$type, body: encodeMessage(codec, message) });
  }

  losePeer(...senders: readonly Pid[]): void {
    for (const listener of this.#goneListeners) listener(senders);
  }

  /** Ends the links to `to`. */
  exit(to: Pid): void {
    for (const link of this.links.filter((each) => samePid(each.to, to))) {
      this.#unlink(link);
      link.onExited();
    }
  }

  get listeners(): number {
    return this.#goneListeners.size + this.handlers.size;
  }

  /** `Name -> receiver` of everything that was sent, and forgets it. */
  takeSent(): readonly string[] {
    return this.sent.splice(0).map((each) => `${shortName(each.name)} -> ${formatPid(each.to)}`);
  }

  /** The only message of this kind that was sent. */
  only<T extends object>(codec: MessageCodec<T>): T {
    const all = this.sent.filter((each) => each.name === codec.$type);
    const [first] = all;
    if (first === undefined || all.length > 1) throw new Error(`${all.length} of ${codec.$type} were sent`);
    const message = decodeMessage(codec, first.body);
    if (!message.ok) throw new Error(`a ${codec.$type} that cannot be read was sent`);
    return message.value;
  }

  #unlink(link: { readonly to: Pid }): void {
    const index = this.links.findIndex((each) => each === link);
    if (index !== -1) this.links.splice(index, 1);
  }
}

export function shortName(name: string): string {
  return name.replace(/^mesos\.internal\./, "");
}
