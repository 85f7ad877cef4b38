import { Counter, Gauge, Registry } from "prom-client";
import { counterNames } from "./metric-names.ts";

export const prometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** The metrics in Prometheus' text format, `slave/tasks_running` as `mesos_slave_tasks_running`. A registry a scrape: nothing is kept. */
export async function prometheusText(metrics: Readonly<Record<string, number>>): Promise<string> {
  const registry = new Registry();
  for (const [original, value] of Object.entries(metrics)) {
    const name = `mesos_${original.replace(/\W/g, "_")}`;
    if (registry.getSingleMetric(name) !== undefined) continue;
    const configuration = { name, help: `${original} of /metrics/snapshot`, registers: [registry] };
    if (counters.has(original)) new Counter(configuration).inc(value);
    else new Gauge(configuration).set(value);
  }
  return await registry.metrics();
}

const counters: ReadonlySet<string> = new Set(counterNames);
