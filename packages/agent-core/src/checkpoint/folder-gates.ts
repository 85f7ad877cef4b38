interface Gate {
  readonly writes: Set<Promise<unknown>>;
  removal: Promise<unknown> | undefined;
}

/** Who makes folders and who removes empty ones must not meet in one of them: writes go side by side, a removal goes alone. */
export class FolderGates {
  readonly #gates = new Map<string, Gate>();

  async write<T>(folder: string, job: () => Promise<T>): Promise<T> {
    const gate = this.#gate(folder);
    const done = gate.removal === undefined ? job() : gate.removal.then(job);
    gate.writes.add(done);
    try {
      return await done;
    } finally {
      gate.writes.delete(done);
      this.#tidy(folder, gate);
    }
  }

  async remove(folder: string, job: () => Promise<void>): Promise<void> {
    const gate = this.#gate(folder);
    const before = [gate.removal ?? Promise.resolve(), ...gate.writes];
    const done = Promise.allSettled(before).then(job);
    const settled = done.catch(() => undefined);
    gate.removal = settled;
    try {
      await done;
    } finally {
      if (gate.removal === settled) gate.removal = undefined;
      this.#tidy(folder, gate);
    }
  }

  #gate(folder: string): Gate {
    const found = this.#gates.get(folder);
    if (found !== undefined) return found;
    const made: Gate = { writes: new Set(), removal: undefined };
    this.#gates.set(folder, made);
    return made;
  }

  #tidy(folder: string, gate: Gate): void {
    if (gate.removal === undefined && gate.writes.size === 0) this.#gates.delete(folder);
  }
}
