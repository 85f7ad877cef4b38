import { once } from "node:events";
import { type CallOptions, EngineError, type ImageCalls, type ImageInspect, type PullLine } from "@berth/engine-client";

const details = { call: "POST /images/create", endpoint: "unix:///scripted" };

export const image: ImageInspect = { Id: "sha256:1", Architecture: "amd64", Os: "linux", Size: 1 };

/** What one pull does: lines, a wait, an error at the end, or silence until it is aborted. */
export type Script = readonly (PullLine | Promise<void> | "stall" | EngineError)[];

export function engineError(code: EngineError["code"], message: string): EngineError {
  return new EngineError(code, `${details.call}: ${message}`, details);
}

export function notFound(): EngineError {
  return engineError("not-found", "No such image");
}

/**
 * An engine that plays faults which a real one does not show on demand. `pulls` are played in order; `inspects` answer in
 * order, the last one for ever.
 */
export function scriptedEngine(pulls: readonly Script[], inspects: readonly (ImageInspect | EngineError)[]) {
  const seen: { ref: string; platform: string | undefined; auth: unknown; aborted: boolean }[] = [];
  const waitingInspects = [...inspects];
  let inspected = 0;
  const images: ImageCalls = {
    async inspect() {
      inspected += 1;
      const answer = waitingInspects.length > 1 ? waitingInspects.shift() : waitingInspects[0];
      if (answer === undefined || answer instanceof Error) throw answer ?? notFound();
      return answer;
    },
    async *pull(ref, { signal, platform, auth } = {}) {
      const script = pulls[seen.length] ?? [engineError("server", "one pull too many")];
      const call = { ref, platform, auth, aborted: false };
      seen.push(call);
      for (const step of script) {
        if (step === "stall") {
          await aborted(signal);
          call.aborted = true;
          throw engineError("aborted", "aborted");
        }
        if (step instanceof Error) throw step;
        if (step instanceof Promise) await step;
        else yield step;
      }
    },
    tag: () => Promise.reject(engineError("server", "not scripted")),
    remove: () => Promise.reject(engineError("server", "not scripted")),
  };
  return { images, seen, inspected: () => inspected };
}

async function aborted(signal: CallOptions["signal"]): Promise<void> {
  if (signal === undefined) throw engineError("server", "a pull without a signal");
  if (!signal.aborted) await once(signal, "abort");
}
