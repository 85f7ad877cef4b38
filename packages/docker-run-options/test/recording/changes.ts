type Fields = Record<string, unknown>;

/**
 * What a create request asks for beyond the client's request without options, in one form for theirs and ours: unset fields
 * of endpoints, mounts and device requests left out (Go writes them all, we none), the environment sorted (the client sends it in
 * random order).
 */
export function changesOf(body: Fields, baseline: Fields): Fields {
  const host = changed(asFields(body["HostConfig"]), asFields(baseline["HostConfig"]));
  const endpoints = Object.entries(asFields(asFields(body["NetworkingConfig"])["EndpointsConfig"]))
    .map(([name, settings]) => [name, withoutUnset(settings)] as const)
    // The client writes an empty entry for the default network when it is not named.
    .filter(([name, settings]) => name !== "default" || Object.keys(settings as Fields).length > 0);
  const { HostConfig: _host, NetworkingConfig: _networking, ...config } = body;
  const changes = changed(config, baseline);
  if (Array.isArray(changes["Env"])) changes["Env"] = (changes["Env"] as string[]).toSorted();
  if (Array.isArray(host["Binds"])) host["Binds"] = (host["Binds"] as string[]).toSorted();
  for (const field of ["DeviceRequests", "Mounts"])
    if (host[field] !== undefined) host[field] = withoutUnset(host[field]);
  if (JSON.stringify(host["SecurityOpt"]) === "[]") delete host["SecurityOpt"];
  return {
    ...changes,
    ...(Object.keys(host).length > 0 && { HostConfig: host }),
    ...(endpoints.length > 0 && { EndpointsConfig: Object.fromEntries(endpoints) }),
  };
}

function changed(fields: Fields, baseline: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(baseline[key])),
  );
}

function withoutUnset(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== "" && item !== 0 && item !== false);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutUnset(item)]));
}

function asFields(value: unknown): Fields {
  return (value ?? {}) as Fields;
}
