import { formatPid, type LibprocessMessage } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { DropReason } from "./session-model.ts";

/** Kinds that get a line each. Names come from outside, so that there must be an end. */
const mostKinds = 100;

/** Writes of each kind of dropped message once for each reason; whoever floods us cannot flood the log. */
export class DropLog {
  readonly #log: Log;
  readonly #seen = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  note(why: DropReason, message: LibprocessMessage): void {
    const kind = `${why} ${message.name}`;
    if (this.#seen.has(kind) || this.#seen.size >= mostKinds) return;
    this.#seen.add(kind);
    const level = why === "unknown-sender" || why === "malformed" ? "warn" : "info";
    const name = message.name.slice(0, 200);
    this.#log[level]("a message is dropped; others like it will be in silence", {
      why,
      name,
      from: formatPid(message.from),
    });
  }
}
