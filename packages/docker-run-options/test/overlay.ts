/** Our fields laid over the client's request without options: what we leave out is what it sends anyway. */
export function overlay(baseline: Record<string, unknown>, body: object): Record<string, unknown> {
  const { HostConfig: host, ...config } = body as Record<string, unknown>;
  return {
    ...baseline,
    NetworkingConfig: {},
    ...config,
    HostConfig: { ...(baseline["HostConfig"] as object), ...(host as object) },
  };
}
