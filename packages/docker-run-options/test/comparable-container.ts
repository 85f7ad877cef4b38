import { engineRequest } from "@berth/testkit";

type Fields = Record<string, unknown>;

/** What two containers made from the same options have in common: no ids, names, times, nor ways to write "unset". */
export interface ComparableContainer {
  readonly config: Fields;
  readonly hostConfig: Fields;
  readonly mounts: readonly Fields[];
  readonly networks: Fields;
}

// docker's client writes these defaults where a bare request leaves the field out; the engine treats both alike.
const sameAsUnset: Readonly<Record<string, unknown>> = { MemorySwappiness: -1, OomKillDisable: false, PidsLimit: 0 };

export async function inspectComparable(socketPath: string, id: string): Promise<ComparableContainer> {
  const answer = await engineRequest(socketPath, "GET", `/containers/${id}/json`);
  if (answer.status !== 200) throw new Error(`inspect of ${id} failed: ${answer.text}`);
  const inspect = JSON.parse(answer.text.replaceAll(ownName(answer.text), "/own-name/")) as {
    Config: Fields & { Hostname: string; Env?: string[] };
    HostConfig: Fields & { RestartPolicy?: { Name?: string }; Binds?: string[] };
    Mounts: (Fields & { Name?: string; Destination: string })[];
    NetworkSettings: { Networks: Fields };
  };
  const { Hostname: hostname, Env: env, ...config } = inspect.Config;
  const { RestartPolicy: restart, Binds: binds, ...host } = inspect.HostConfig;
  for (const [field, value] of Object.entries(sameAsUnset)) if (host[field] === value) delete host[field];
  return {
    config: withoutUnset({ ...config, Env: env?.toSorted(), Hostname: id.startsWith(hostname) ? "" : hostname }),
    hostConfig: withoutUnset({
      ...host,
      Binds: binds?.toSorted(),
      restart: restart?.Name === "no" ? "" : restart?.Name,
    }),
    mounts: inspect.Mounts.map(anonymous).sort((a, b) =>
      String(a["Destination"]) < String(b["Destination"]) ? -1 : 1,
    ),
    networks: withoutUnset(inspect.NetworkSettings.Networks),
  };
}

/** A volume without a name of its own gets a random one. */
function anonymous(mount: Fields & { Name?: string }): Fields {
  return /^[0-9a-f]{64}$/.test(mount.Name ?? "") ? { ...mount, Name: "(anonymous)", Source: "(anonymous)" } : mount;
}

function withoutUnset(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => !isUnset(value))
      .map(([key, value]) => [key, isFields(value) ? withoutUnset(value) : value]),
  );
}

function isUnset(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isFields(value)) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === "";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The container's random name, which its links repeat. */
function ownName(inspectText: string): string {
  return `${(JSON.parse(inspectText) as { Name: string }).Name}/`;
}
