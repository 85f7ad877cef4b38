import { formatPid, type Pid } from "./pid.ts";

const maximumSenders = 1024;

/** One incoming connection: hands messages over in their order, and knows who has sent some. */
export class Peer {
  readonly #senders = new Map<string, Pid>();
  #slots: Slot[] = [];

  get senders(): readonly Pid[] {
    return [...this.#senders.values()];
  }

  /** A place in the order. Call what comes back when it is known what to do there, with nothing when there is nothing. */
  reserve(): (handOver?: () => void) => void {
    const slot: Slot = { handOver: undefined, ready: false };
    this.#slots.push(slot);
    return (handOver) => {
      slot.handOver = handOver;
      slot.ready = true;
      while (this.#slots[0]?.ready === true) this.#slots.shift()?.handOver?.();
    };
  }

  /** A peer may invent any number of senders: the oldest are forgotten. */
  note(from: Pid): void {
    const text = formatPid(from);
    this.#senders.delete(text);
    this.#senders.set(text, from);
    if (this.#senders.size <= maximumSenders) return;
    const [oldest] = this.#senders.keys();
    if (oldest !== undefined) this.#senders.delete(oldest);
  }
}

interface Slot {
  handOver: (() => void) | undefined;
  ready: boolean;
}
