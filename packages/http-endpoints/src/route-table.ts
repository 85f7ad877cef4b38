import { HttpEndpointsError } from "./errors.ts";
import type { Route } from "./route.ts";

export interface RouteMatch {
  readonly route: Route;
  /** What the route's path left over. */
  readonly rest: string;
}

/** Finds the longest route that is a prefix of a path by whole segments. */
export interface RouteTable {
  find(path: string): RouteMatch | undefined;
}

/** Throws HttpEndpointsError `invalid-options` for a path that is none, and for one that is there twice. */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const byPath = new Map<string, Route>();
  for (const route of routes) {
    if (!/^(\/|(\/[^/]+)+)$/.test(route.path)) {
      throw new HttpEndpointsError("invalid-options", `${route.path} is no path of a route`);
    }
    if (byPath.has(route.path)) throw new HttpEndpointsError("invalid-options", `two routes are called ${route.path}`);
    byPath.set(route.path, route);
  }
  return {
    find(path) {
      for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
        const route = byPath.get(path.slice(0, end));
        if (route !== undefined) return { route, rest: path.slice(end) };
      }
      // Only itself: a route "/" is a page, not everything that has no other route.
      return undefined;
    },
  };
}
