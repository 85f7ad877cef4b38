import { parsePid, type Pid } from "@berth/libprocess";
import { decodeMessage, parseMessage } from "@berth/proto";
import { MasterInfo } from "@berth/proto/internal";
import type { LeaderNodeFormat } from "./elect-leader.ts";
import type { DetectedMaster } from "./master-detector.ts";

/** Whom a leader's node names; undefined when that cannot be read. The host is as it stands there. */
export function readLeader(format: LeaderNodeFormat, content: Uint8Array): DetectedMaster | undefined {
  switch (format) {
    case "json": {
      const info = parseMessage(MasterInfo, new TextDecoder().decode(content), { unknown: "ignore" });
      return info.ok ? fromInfo(info.value) : undefined;
    }
    case "protobuf": {
      const info = decodeMessage(MasterInfo, content);
      return info.ok ? fromInfo(info.value) : undefined;
    }
    case "pid": {
      const pid = masterPid(new TextDecoder().decode(content));
      return pid && { pid, hostname: pid.host };
    }
    case "unknown":
      return undefined;
  }
}

function fromInfo(info: MasterInfo): DetectedMaster | undefined {
  const pid = masterPid(info.pid ?? "") ?? fromAddress(info);
  return pid && { pid, hostname: info.hostname || info.address?.hostname || pid.host };
}

function fromAddress({ address, ip, port }: MasterInfo): Pid | undefined {
  const place = { id: "master", port: address?.port || port || 0 };
  if (place.port === 0) return undefined;
  const host = address?.ip || address?.hostname || (ip ? fromNumber(ip) : undefined);
  return host === undefined ? undefined : { ...place, host };
}

/** `ip` holds the bytes of the address as the master's processor read them from memory: the first one is the lowest. */
function fromNumber(ip: number): string {
  return [ip, ip >>> 8, ip >>> 16, ip >>> 24].map((byte) => byte & 255).join(".");
}

function masterPid(text: string): Pid | undefined {
  const pid = parsePid(text);
  return pid !== undefined && pid.id !== "" && pid.port !== 0 ? pid : undefined;
}
