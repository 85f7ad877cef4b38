import { createServer } from "node:http";
import {
  apiAnswer,
  createBasicAuthenticator,
  createHttpEndpoints,
  type Route,
  readApiCall,
} from "@berth/http-endpoints";
import { silentLog } from "@berth/log";
import { Call, Response } from "@berth/proto/v1/agent";

const health: Route = { path: "/health", methods: ["GET"], handle: () => ({ kind: "text", status: 200 }) };

const api: Route = {
  path: "/api/v1",
  methods: ["POST"],
  realm: "mesos-agent-readwrite",
  async handle(call) {
    const read = await readApiCall(call, Call, { answerTypes: ["json", "protobuf"] });
    if (!read.ok) return read.answer; // 400, 415 or 406, in the order of the original
    if (read.value.type !== "GET_HEALTH")
      return { kind: "text", status: 501, text: `${read.value.type} is not served` };
    return apiAnswer(Response, { type: "GET_HEALTH", getHealth: { healthy: true } }, read.answerType);
  },
};

const credentials = [{ principal: "operator", secret: "s3cret" }];
const listener = createHttpEndpoints(
  { log: silentLog },
  {
    routes: [health, api],
    processIds: ["slave(1)"], // "/slave(1)/health" is "/health"
    authenticate: { "mesos-agent-readwrite": createBasicAuthenticator(credentials, "mesos-agent-readwrite") },
  },
);
createServer(listener).listen(0, "127.0.0.1");
