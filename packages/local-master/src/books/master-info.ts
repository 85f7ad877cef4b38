import { isIPv4 } from "node:net";
import { formatPid } from "@berth/libprocess";
import type { MasterInfo } from "@berth/proto/v1";
import type { Books } from "./books.ts";

/** What this master says it is; the messages are those of Mesos 1.11. */
export const masterVersion = "1.11.0";

export function masterInfo(books: Pick<Books, "masterId" | "pid">): MasterInfo {
  const { host, port } = books.pid;
  return {
    id: books.masterId,
    ip: networkOrder(host),
    port,
    pid: formatPid(books.pid),
    hostname: host,
    version: masterVersion,
    address: { hostname: host, ip: host, port },
    capabilities: [{ type: "AGENT_UPDATE" }, { type: "AGENT_DRAINING" }],
  };
}

/** An address as inet_addr has it, the first byte lowest: 16777343 is 127.0.0.1. */
function networkOrder(host: string): number {
  if (!isIPv4(host)) return 0;
  return host.split(".").reduceRight((sum, byte) => sum * 256 + Number(byte), 0);
}
