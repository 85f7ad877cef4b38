/** A body that is being received. */
export interface BodyHold {
  /** False when it must go, or has been evicted before. */
  grow(bytes: number): boolean;
  release(): void;
}

interface Held {
  readonly sinceMs: number;
  readonly onEvicted: () => void;
  bytes: number;
}

/**
 * Bounds the memory of all bodies together. When it is full, the body that has cost most goes: the bytes it holds times the time it has
 * held them. So neither one huge body nor a thousand slow ones keep a small one, which lives for a moment, from getting through.
 */
export class BodyBudget {
  readonly #limitBytes: number;
  readonly #now: () => number;
  readonly #all = new Set<Held>();
  #usedBytes = 0;

  constructor(limitBytes: number, now: () => number) {
    this.#limitBytes = limitBytes;
    this.#now = now;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  hold(onEvicted: () => void): BodyHold {
    const own: Held = { sinceMs: this.#now(), onEvicted, bytes: 0 };
    this.#all.add(own);
    return { grow: (bytes) => this.#grow(own, bytes), release: () => this.#release(own) };
  }

  #grow(own: Held, bytes: number): boolean {
    if (!this.#all.has(own)) return false;
    own.bytes += bytes;
    this.#usedBytes += bytes;
    while (this.#usedBytes > this.#limitBytes) {
      const victim = this.#costliest(own);
      this.#release(victim);
      if (victim === own) return false;
      victim.onEvicted();
    }
    return true;
  }

  #costliest(first: Held): Held {
    const nowMs = this.#now();
    const cost = (held: Held) => held.bytes * (nowMs - held.sinceMs + 1);
    let most = first;
    for (const each of this.#all) if (cost(each) > cost(most)) most = each;
    return most;
  }

  #release(held: Held): void {
    if (this.#all.delete(held)) this.#usedBytes -= held.bytes;
  }
}
