import { createEventStream, type EventStream, readApiCall, type Route, textAnswer } from "@berth/http-endpoints";
import { Call, Call_Type, Event } from "@berth/proto/v1/scheduler";
import type { Books } from "../books/books.ts";
import type { MasterInput } from "../books/take-turn.ts";
import { callFault } from "../scheduler/call-fault.ts";

export interface SchedulerRouteDeps {
  readonly books: () => Books;
  readonly run: (input: MasterInput) => void;
  readonly randomUuid: () => string;
  /** Streams by their id, for the runner to push events to. */
  readonly streams: Map<string, EventStream<Event>>;
}

/** Room for some ten thousand tasks in one ACCEPT. */
const maxCallBytes = 64 * 1024 * 1024;

/** `POST /api/v1/scheduler` */
export function schedulerRoute(deps: SchedulerRouteDeps): Route {
  return {
    path: "/api/v1/scheduler",
    methods: ["POST"],
    handle: async (http) => {
      const read = await readApiCall(http, Call, { answerTypes: ["json", "protobuf"], limitBytes: maxCallBytes });
      if (!read.ok) return read.answer;
      const call = read.value;
      const header = http.headers["mesos-stream-id"];
      const fault = callFault(deps.books(), call, typeof header === "string" ? header : header?.[0]);
      if (fault !== undefined) return textAnswer(fault.status, fault.text);
      if (call.type !== Call_Type.SUBSCRIBE) {
        deps.run({ type: "call", call });
        return textAnswer(call.type === Call_Type.UPDATE_FRAMEWORK ? 200 : 202);
      }
      const streamId = deps.randomUuid();
      const stream = createEventStream(Event, read.answerType, { headers: { "Mesos-Stream-Id": streamId } });
      deps.streams.set(streamId, stream);
      void stream.closed.then(() => {
        deps.streams.delete(streamId);
        deps.run({ type: "stream-ended", streamId });
      });
      deps.run({ type: "subscribe", call: call.subscribe ?? {}, streamId });
      return stream.answer;
    },
  };
}
