import { type CallPattern, type EngineCall, matchesCall } from "./requests.ts";

/** What goes wrong. "Effect" is what the engine does: a container made, started, removed. */
export type FaultAction =
  /** Neither effect nor answer until `release()`; then both, whether or not the client is still there. */
  | { readonly kind: "delay" }
  /** No effect, no answer, ever. */
  | { readonly kind: "hang-before-headers" }
  /** The effect and the headers, and never a byte of the body. On an attach: the switch, and then silence. */
  | { readonly kind: "hang-after-headers" }
  /** The effect, and no answer: a create or start that times out and happened all the same. */
  | { readonly kind: "hang-after-effect" }
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** No effect, and this answer. */
  | { readonly kind: "answer"; readonly status: number; readonly message: string }
  /** No effect; the connection is reset (on TCP with RST). */
  | { readonly kind: "reset" }
  /** The effect; then the connection is reset. */
  | { readonly kind: "reset-after-effect" }
  /** The answer's JSON body, changed: a lie. */
  | { readonly kind: "rewrite"; readonly body: (body: unknown) => unknown }
  /** The answer's body, replaced by these bytes. */
  | { readonly kind: "garble"; readonly body: string };

export interface FaultRule {
  readonly on: CallPattern;
  /** Which matching call, counted from when the rule was made: a number (default 1) or all of them. */
  readonly nth?: number | "every";
  readonly action: FaultAction;
}

export interface FaultHandle {
  /** Resolves when the rule has struck for the first time. */
  readonly struck: Promise<EngineCall>;
  /** Lets delayed calls go on, also those to come. */
  release(): void;
  /** The rule strikes no more. */
  remove(): void;
}

export interface StrikingFault {
  readonly action: FaultAction;
  readonly released: Promise<void>;
}

/** The rules of one fake engine; the first that matches a call strikes. */
export class FaultTable {
  readonly #rules = new Set<{ strikes: (call: EngineCall) => StrikingFault | undefined }>();

  add(rule: FaultRule): FaultHandle {
    const struck = Promise.withResolvers<EngineCall>();
    const released = Promise.withResolvers<void>();
    const nth = rule.nth ?? 1;
    let matches = 0;
    const entry = {
      strikes: (call: EngineCall): StrikingFault | undefined => {
        if (!matchesCall(rule.on, call)) return undefined;
        matches++;
        if (nth !== "every" && matches !== nth) return undefined;
        struck.resolve(call);
        return { action: rule.action, released: released.promise };
      },
    };
    this.#rules.add(entry);
    return {
      struck: struck.promise,
      release: () => released.resolve(),
      remove: () => void this.#rules.delete(entry),
    };
  }

  strike(call: EngineCall): StrikingFault | undefined {
    for (const rule of this.#rules) {
      const fault = rule.strikes(call);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
