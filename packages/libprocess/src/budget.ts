/** What one holder has of a budget. */
export interface Hold {
  /** False when it must go, or has been evicted before. */
  grow(amount: number): boolean;
  release(): void;
}

interface Held {
  readonly sinceMs: number;
  readonly onEvicted: () => void;
  amount: number;
}

/**
 * Bounds what all together may hold. When it is full, whoever has cost most goes: the amount held times the time it was held. So neither
 * one huge holder nor a thousand slow ones keep a small one, which lives for a moment, from getting through.
 */
export class Budget {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #all = new Set<Held>();
  #used = 0;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  get used(): number {
    return this.#used;
  }

  hold(onEvicted: () => void): Hold {
    const own: Held = { sinceMs: this.#now(), onEvicted, amount: 0 };
    this.#all.add(own);
    return { grow: (amount) => this.#grow(own, amount), release: () => this.#release(own) };
  }

  #grow(own: Held, amount: number): boolean {
    if (!this.#all.has(own)) return false;
    own.amount += amount;
    this.#used += amount;
    while (this.#used > this.#limit) {
      const victim = this.#costliest(own);
      this.#release(victim);
      if (victim === own) return false;
      victim.onEvicted();
    }
    return true;
  }

  #costliest(first: Held): Held {
    const nowMs = this.#now();
    const cost = (held: Held) => held.amount * (nowMs - held.sinceMs + 1);
    let most = first;
    for (const each of this.#all) if (cost(each) > cost(most)) most = each;
    return most;
  }

  #release(held: Held): void {
    if (this.#all.delete(held)) this.#used -= held.amount;
  }
}
