import {
  apiAnswer,
  type HttpAnswer,
  mediaTypes,
  type MessageType,
  readApiCall,
  type Route,
  textAnswer,
} from "@berth/http-endpoints";
import { Call, Response } from "@berth/proto/v1/agent";
import { readwriteRealm } from "../realms.ts";
import { type AnswerCallDeps, answerCall } from "./answer-call.ts";
import { responseJson } from "./response-json.ts";

/** `POST /api/v1`. `refuse` answers while the agent recovers. */
export function apiRoutes(deps: AnswerCallDeps, refuse: () => HttpAnswer | undefined): readonly Route[] {
  return [
    {
      path: "/api/v1",
      methods: ["POST"],
      realm: readwriteRealm,
      refuse,
      async handle(httpCall) {
        // Below it is nothing: an executor that looks for its own API is to hear that there is none.
        if (httpCall.rest !== "") return textAnswer(404);
        const read = await readApiCall(httpCall, Call, { answerTypes: ["json", "protobuf"], limitBytes: maxCallBytes });
        if (!read.ok) return read.answer;
        const outcome = await answerCall(deps, read.value);
        if (outcome.kind === "refused") return textAnswer(outcome.status, outcome.text);
        return outcome.kind === "done" ? textAnswer(200) : await responseAnswer(outcome.response, read.answerType);
      },
    },
  ];
}

/** The calls served here are small. */
const maxCallBytes = 16 * 1024 * 1024;

async function responseAnswer(response: Response, type: MessageType): Promise<HttpAnswer> {
  if (type === "protobuf") return apiAnswer(Response, response, type);
  return { kind: "bytes", contentType: mediaTypes.json, body: Buffer.from(await responseJson(response)) };
}
