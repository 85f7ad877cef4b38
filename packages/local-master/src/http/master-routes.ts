import { type Route, textAnswer } from "@berth/http-endpoints";
import { schedulerRoute, type SchedulerRouteDeps } from "./scheduler-route.ts";

export interface MasterRoutesDeps extends SchedulerRouteDeps {
  readonly now: () => number;
}

export function masterRoutes(deps: MasterRoutesDeps): readonly Route[] {
  return [schedulerRoute(deps), { path: "/health", methods: ["GET"], handle: () => textAnswer(200) }];
}
