export interface FakeEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface StampedEvent extends FakeEvent {
  /** Nanoseconds since the epoch; never the same twice. */
  readonly nanos: bigint;
}

/** What listeners get for one event: none drops it, two double it. */
export type EventDisturbance = (event: StampedEvent) => readonly StampedEvent[];

/** The engine's events, kept for `since`. */
export class EventBus {
  readonly history: StampedEvent[] = [];
  readonly #listeners = new Set<(event: StampedEvent) => void>();
  disturbance: EventDisturbance = (event) => [event];
  #last = 0n;

  now(): bigint {
    const clock = BigInt(Date.now()) * 1_000_000n;
    this.#last = clock > this.#last ? clock : this.#last + 1n;
    return this.#last;
  }

  emit(event: FakeEvent): void {
    const stamped = { ...event, nanos: this.now() };
    this.history.push(stamped);
    for (const each of this.disturbance(stamped)) for (const listener of this.#listeners) listener(each);
  }

  listen(listener: (event: StampedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** One line of `GET /events`. Written by hand since a number of 19 digits does not survive JSON.stringify. */
export function eventLine({ type, action, id, attributes, nanos }: StampedEvent): string {
  const actor = JSON.stringify({ ID: id, Attributes: attributes });
  const kind = `"Type":${JSON.stringify(type)},"Action":${JSON.stringify(action)}`;
  return `{${kind},"Actor":${actor},"scope":"local","time":${nanos / 1_000_000_000n},"timeNano":${nanos}}\n`;
}

/** `<seconds>` or `<seconds>.<nanoseconds>` as nanoseconds; undefined when it is neither. */
export function parseSince(text: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  return BigInt(match[1] ?? 0) * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}
