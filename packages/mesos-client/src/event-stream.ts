import { decodeRecords } from "@berth/proto";
import { Event, type Event_Subscribed } from "@berth/proto/v1/scheduler";
import { MesosClientError } from "./errors.ts";
import { type Exchange, failure } from "./exchange.ts";
import { limitSilence, type SilenceLimit } from "./silence-limit.ts";
import { contentTypeOf, decodeAnswer } from "./wire-format.ts";

/** An accepted SUBSCRIBE. */
export interface EventStream {
  readonly streamId: string;
  readonly subscribed: Event_Subscribed;
  /** What comes after SUBSCRIBED. Throws MesosClientError. */
  readonly events: AsyncGenerator<Event, void, undefined>;
}

/** What a master announces when it says nothing of it, and how many may be missing. */
const defaultHeartbeatSeconds = 15;
const missedHeartbeats = 5;

/** Reads up to SUBSCRIBED. Rejects with MesosClientError: `refused` when an ERROR event comes in its place. */
export async function openEventStream(answer: Exchange, signal: AbortSignal): Promise<EventStream> {
  const { url, headers } = answer;
  const streamId = headers["mesos-stream-id"];
  if (typeof streamId !== "string") {
    throw new MesosClientError("malformed", `${url} gave the stream no Mesos-Stream-Id`, { url });
  }
  const silence: SilenceLimit = { limitMs: defaultHeartbeatSeconds * missedHeartbeats * 1000 };
  const events = readEvents(answer, silence, signal);
  const { value: first } = await events.next();
  if (first?.type === "ERROR") {
    const text = first.error?.message ?? "";
    throw new MesosClientError("refused", `${url} refused the framework: ${text}`, { url, status: 200, text });
  }
  const subscribed = first?.type === "SUBSCRIBED" ? first.subscribed : undefined;
  if (subscribed?.frameworkId?.value === undefined) {
    throw new MesosClientError("malformed", `${url} did not begin the stream with SUBSCRIBED`, { url });
  }
  silence.limitMs = (subscribed.heartbeatIntervalSeconds || defaultHeartbeatSeconds) * missedHeartbeats * 1000;
  return { streamId, subscribed, events };
}

async function* readEvents(
  { url, headers, body }: Exchange,
  silence: SilenceLimit,
  signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const contentType = contentTypeOf(headers["content-type"]);
  if (contentType === undefined) {
    throw new MesosClientError("malformed", `${url} sent ${String(headers["content-type"])}`, { url });
  }
  let isSilent = false;
  const onSilent = () => {
    isSilent = true;
    body.destroy();
  };
  try {
    const bytes = limitSilence(body as AsyncIterable<Uint8Array>, silence, onSilent);
    for await (const record of decodeRecords(bytes)) yield decodeAnswer(Event, record, contentType, url);
  } catch (error) {
    if (signal.aborted || (error instanceof MesosClientError && !isSilent)) throw failure(error, url, signal);
    throw broken(url, isSilent ? `nothing for ${silence.limitMs} ms` : failure(error, url, signal).message, error);
  }
  if (isSilent) throw broken(url, `nothing for ${silence.limitMs} ms`);
}

function broken(url: string, why: string, cause?: unknown): MesosClientError {
  return new MesosClientError("stream-broken", `the event stream of ${url} broke: ${why}`, { url }, { cause });
}
