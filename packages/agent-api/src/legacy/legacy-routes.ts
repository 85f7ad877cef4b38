import type { AgentView } from "@berth/agent-core";
import { type HttpAnswer, type Route, textAnswer } from "@berth/http-endpoints";
import { containersJson, statisticsListJson } from "../containers-json.ts";
import { jsonObject } from "../json-text.ts";
import { type ContainersPort, listContainers } from "../list-containers.ts";
import { createPaced, type PacedDeps } from "../paced.ts";
import { readonlyRealm } from "../realms.ts";
import { flagsJson, type StateFacts, stateJson, versionMembers } from "../state/state-json.ts";

export interface LegacyRoutesDeps extends PacedDeps {
  readonly view: Pick<AgentView, "snapshot">;
  readonly containerizer: ContainersPort;
  /** Read anew for each request. */
  readonly facts: () => StateFacts;
  /** Answers while the agent recovers. */
  readonly refuse: () => HttpAnswer | undefined;
}

/** `/health`, `/version`, `/flags`, `/state`, `/monitor/statistics`, `/containers`, `/containerizer/debug`, `/__processes__`. */
export function legacyRoutes(deps: LegacyRoutesDeps): readonly Route[] {
  const { refuse } = deps;
  const statistics = createPaced(deps, monitorIntervalMs, async () =>
    statisticsListJson(await listContainers(deps, { withoutStatus: true })),
  );
  const open = (path: string, handle: Route["handle"]): Route => ({ path, methods: ["GET"], handle });
  const closed = (path: string, handle: Route["handle"]): Route => ({ ...open(path, handle), realm: readonlyRealm });
  const recovered = (path: string, handle: Route["handle"]): Route => ({ ...closed(path, handle), refuse });
  return [
    // Whatever the agent is at: it is there.
    open("/health", () => textAnswer(200)),
    open("/version", () => json(jsonObject(versionMembers(deps.facts().version)))),
    closed("/flags", () => json(jsonObject({ flags: flagsJson(deps.facts().flags) }))),
    recovered("/state", async () => json(await stateJson(deps.view.snapshot(), deps.facts()))),
    recovered("/monitor/statistics", async () => json(await statistics())),
    recovered("/containers", async (call) => {
      const containerId = call.query.get("container_id") ?? undefined;
      return json(containersJson(await listContainers(deps, { containerId })));
    }),
    // Promises that the containerizer waits for. Ours have none that could be told from here.
    closed("/containerizer/debug", () => json('{"pending":[]}')),
    closed("/__processes__", () => json("[]")),
  ];
}

/** Two in a second. */
const monitorIntervalMs = 500;

function json(text: string): HttpAnswer {
  return { kind: "json-text", text };
}
