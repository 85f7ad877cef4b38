import type { ContainerCreateBody } from "@berth/engine-client";

/** Lists that a later option replaces; all others grow, as the options of `docker run` do. */
const replacedLists = new Set(["Entrypoint", "Cmd", "ConsoleSize", "Test", "LinkLocalIPs"]);
/** Objects that stand or fall as a whole. */
const replacedObjects = new Set(["Healthcheck", "RestartPolicy", "LogConfig"]);

type Fields = Record<string, unknown>;

/** `base` as it would be had `docker run` been given the options of `extra` after those of `base`. */
export function mergeBody(base: ContainerCreateBody, extra: Partial<ContainerCreateBody>): ContainerCreateBody {
  const merged = mergeFields({ ...base }, { ...extra }) as ContainerCreateBody & Fields;
  const ulimits = merged.HostConfig?.Ulimits;
  if (ulimits !== undefined && merged.HostConfig !== undefined) {
    merged.HostConfig.Ulimits = [...new Map(ulimits.map((ulimit) => [ulimit.Name, ulimit])).values()];
  }
  return merged;
}

function mergeFields(base: Fields, extra: Fields): Fields {
  const merged: Fields = { ...base };
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) continue;
    merged[name] = mergeValue(name, base[name], value);
  }
  return merged;
}

function mergeValue(name: string, before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after) && !replacedLists.has(name))
    return [...before, ...after] as unknown[];
  if (isFields(before) && isFields(after) && !replacedObjects.has(name)) return mergeFields(before, after);
  return after;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
