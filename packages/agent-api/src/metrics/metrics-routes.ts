import { type HttpCall, type Route, textAnswer } from "@berth/http-endpoints";
import { jsonScalars } from "../json-text.ts";
import { createPaced, type PacedDeps } from "../paced.ts";
import { parseDurationMs } from "../parse-duration.ts";
import { readonlyRealm } from "../realms.ts";
import type { MetricsCollection } from "./collect-metrics.ts";
import { prometheusContentType, prometheusText } from "./prometheus.ts";
import { readSystemStats } from "./system-stats.ts";

/** `/metrics/snapshot`, `/metrics` for Prometheus, `/system/stats.json`. */
export function metricsRoutes(
  deps: PacedDeps & { readonly collect: () => MetricsCollection },
  options: { readonly snapshotIntervalMs: number },
): readonly Route[] {
  const paced = createPaced(deps, options.snapshotIntervalMs, async () => deps.collect());
  const route = (path: string, handle: Route["handle"]): Route => ({
    path,
    methods: ["GET"],
    realm: readonlyRealm,
    handle,
  });
  return [
    route("/metrics/snapshot", async (call) => {
      const timeout = readTimeout(call);
      if (!timeout.ok) return textAnswer(400, timeout.text);
      const metrics = await (await paced()).within(timeout.value);
      const sorted = Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1));
      return { kind: "json-text", text: jsonScalars(Object.fromEntries(sorted)) };
    }),
    route("/metrics", async () => {
      const body = Buffer.from(await prometheusText(await deps.collect().within(scrapeTimeoutMs)));
      return { kind: "bytes", contentType: prometheusContentType, body };
    }),
    route("/system/stats.json", () => {
      const { cpus, load, memTotalBytes, memFreeBytes } = readSystemStats();
      const value = {
        avg_load_1min: load[0],
        avg_load_5min: load[1],
        avg_load_15min: load[2],
        cpus_total: cpus,
        mem_total_bytes: memTotalBytes,
        mem_free_bytes: memFreeBytes,
      };
      return { kind: "json", value };
    }),
  ];
}

/** Prometheus itself gives a scrape ten seconds. */
const scrapeTimeoutMs = 5_000;

function readTimeout(
  call: HttpCall,
): { readonly ok: true; readonly value: number | undefined } | { readonly ok: false; readonly text: string } {
  const text = call.query.get("timeout");
  if (text === null) return { ok: true, value: undefined };
  const value = parseDurationMs(text);
  return value === undefined ? { ok: false, text: `Invalid timeout '${text}'` } : { ok: true, value };
}
