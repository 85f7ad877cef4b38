import os from "node:os";

/** The machine, as `/system/stats.json` and the `system/` metrics tell of it. */
export interface SystemStats {
  readonly cpus: number;
  /** Over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
}

export function readSystemStats(): SystemStats {
  const [one = 0, five = 0, fifteen = 0] = os.loadavg();
  return {
    cpus: os.cpus().length,
    load: [one, five, fifteen],
    memTotalBytes: os.totalmem(),
    memFreeBytes: os.freemem(),
  };
}

export function systemMetrics(stats: SystemStats): Record<string, number> {
  return {
    "system/cpus_total": stats.cpus,
    "system/load_1min": stats.load[0],
    "system/load_5min": stats.load[1],
    "system/load_15min": stats.load[2],
    "system/mem_total_bytes": stats.memTotalBytes,
    "system/mem_free_bytes": stats.memFreeBytes,
  };
}
