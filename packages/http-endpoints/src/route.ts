import type { HttpAnswer } from "./http-answer.ts";
import type { HttpCall } from "./http-call.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface Route {
  /** "/files/read": begins with a slash and has none at its end. Paths below it are its too, unless a longer route has them. */
  readonly path: string;
  /** GET answers HEAD too. Others get 405 with `Allow`. */
  readonly methods: readonly HttpMethod[];
  /** Who may call, where an authenticator is set for that realm; without a realm anybody may. */
  readonly realm?: string | undefined;
  /** Asked after authentication and before the method is looked at: an answer here is the answer ("Agent has not finished recovery"). */
  readonly refuse?: (() => HttpAnswer | undefined) | undefined;
  /** What it throws is logged and answered with 500, HttpEndpointsErrors with their own status. */
  readonly handle: (call: HttpCall) => Promise<HttpAnswer> | HttpAnswer;
}
