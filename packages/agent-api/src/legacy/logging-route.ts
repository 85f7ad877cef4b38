import { type Route, textAnswer } from "@berth/http-endpoints";
import { parseDurationMs } from "../parse-duration.ts";
import { readwriteRealm } from "../realms.ts";
import type { Verbosity } from "../verbosity.ts";

/** `/logging/toggle?level=1&duration=5mins`; without either it tells the level. */
export function loggingRoute(verbosity: Verbosity): Route {
  return {
    path: "/logging/toggle",
    methods: ["GET", "POST"],
    realm: readwriteRealm,
    handle({ query }) {
      const [level, duration] = [query.get("level"), query.get("duration")];
      if (level === null && duration === null) return textAnswer(200, `${verbosity.level}\n`);
      if (level === null) return textAnswer(400, "Expecting 'level=value' in the query\n");
      if (duration === null) return textAnswer(400, "Expecting 'duration=value' in the query\n");
      const durationMs = parseDurationMs(duration);
      if (durationMs === undefined) return textAnswer(400, `Invalid duration '${duration}'\n`);
      const fault = verbosity.set(/^\d+$/.test(level) ? Number(level) : Number.NaN, durationMs);
      return fault === undefined ? textAnswer(200) : textAnswer(400, `Invalid level '${level}'\n`);
    },
  };
}
