import type { Offer } from "@berth/proto/v1";

/** Where the agent of an offer is spoken to: `http://10.0.0.1:5051/slave(1)`. By its address: its name may mean something here or not. */
export function agentUrl({ url }: Offer): string {
  const { address, scheme = "http", path = "" } = url ?? {};
  const host = address?.ip ?? address?.hostname ?? "";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${address?.port ?? 5051}${path}`;
}
