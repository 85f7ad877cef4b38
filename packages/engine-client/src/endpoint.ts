/** Where an engine listens. */
export type EngineEndpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** PEM texts. Present means TLS. */
      readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly verify: boolean };
    };

/** `unix:///var/run/docker.sock` or `tcp://host:2376`, for messages. */
export function endpointText(endpoint: EngineEndpoint): string {
  return endpoint.kind === "unix" ? `unix://${endpoint.socketPath}` : `tcp://${endpoint.host}:${endpoint.port}`;
}
