import { type Route, textAnswer } from "@berth/http-endpoints";

/** The routes, those that `--firewall_rules` disables answered with 403. Paths may name the process: `/slave(1)/state`. */
export function withFirewall(
  routes: readonly Route[],
  processId: string,
  disabled: readonly string[],
): readonly Route[] {
  const paths = new Set(
    disabled.map((path) => (path.startsWith(`/${processId}/`) ? path.slice(processId.length + 1) : path)),
  );
  return routes.map((route) =>
    paths.has(route.path)
      ? { ...route, realm: undefined, refuse: () => textAnswer(403, `Endpoint '${route.path}' is disabled`) }
      : route,
  );
}
