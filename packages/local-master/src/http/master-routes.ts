import { type HttpAnswer, type HttpCall, type Route, textAnswer } from "@berth/http-endpoints";
import type { Books } from "../books/books.ts";
import { fullAgentModel } from "./agent-model.ts";
import { flagsModel } from "./flags-model.ts";
import { frameworkModel } from "./framework-model.ts";
import { metricsModel } from "./metrics-model.ts";
import type { Model } from "./models.ts";
import { modelAnswer } from "./write-model.ts";
import { operatorRoute } from "./operator-route.ts";
import { schedulerRoute, type SchedulerRouteDeps } from "./scheduler-route.ts";
import { type Build, stateModel, versionModel } from "./state-model.ts";
import { tasksModel } from "./tasks-model.ts";

export interface MasterRoutesDeps extends SchedulerRouteDeps {
  readonly now: () => number;
  readonly build: Build | undefined;
}

/** All that the master answers over HTTP, with or without `/master` before it. */
export function masterRoutes(deps: MasterRoutesDeps): readonly Route[] {
  const { books, build } = deps;
  return [
    schedulerRoute(deps),
    operatorRoute(deps),
    { path: "/health", methods: ["GET"], handle: () => textAnswer(200) },
    read("/version", () => versionModel(build)),
    read("/flags", () => ({ flags: flagsModel(books()) })),
    read("/state", () => stateModel(books(), build)),
    read("/slaves", (call) => slaves(books(), call)),
    read("/frameworks", (call) => frameworks(books(), call)),
    read("/tasks", (call) => tasksModel(books(), call.query)),
    read("/metrics/snapshot", () => metricsModel(books(), deps.now())),
    { path: "/redirect", methods: ["GET"], handle: () => redirect(books()) },
  ];
}

function read(path: string, answer: (call: HttpCall) => Model): Route {
  return { path, methods: ["GET"], handle: (call) => modelAnswer(answer(call)) };
}

function slaves(books: Books, { query }: HttpCall): Model {
  const id = query.get("slave_id");
  const agents = [...books.agents.values()].filter((agent) => id === null || agent.id === id);
  return { slaves: agents.map(fullAgentModel), recovered_slaves: [] };
}

function frameworks(books: Books, { query }: HttpCall): Model {
  const id = query.get("framework_id");
  const models = (all: Books["frameworks"]) =>
    [...all.values()].filter((each) => id === null || each.id === id).map((each) => frameworkModel(books, each));
  return {
    frameworks: models(books.frameworks),
    completed_frameworks: models(books.completedFrameworks),
    unregistered_frameworks: [],
  };
}

/** This one leads, always. */
function redirect({ pid }: Books): HttpAnswer {
  return textAnswer(307, undefined, { Location: `//${pid.host}:${pid.port}` });
}
