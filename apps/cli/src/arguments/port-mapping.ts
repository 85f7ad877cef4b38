import { CliError } from "../cli-error.ts";

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** `8080:80`, `8080:80/udp`. Throws CliError `usage`. */
export function parsePort(text: string): PortMapping {
  const [, host = "", container = "", protocol = "tcp"] = /^(\d+):(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  const lower = protocol.toLowerCase();
  if (host === "" || (lower !== "tcp" && lower !== "udp" && lower !== "sctp")) {
    throw new CliError(
      "usage",
      `--port ${text}: write HOST:CONTAINER or HOST:CONTAINER/tcp (udp, sctp), such as 8080:80/tcp`,
    );
  }
  return { hostPort: portNumber(text, host), containerPort: portNumber(text, container), protocol: lower };
}

function portNumber(text: string, digits: string): number {
  const port = Number(digits);
  if (port >= 1 && port <= 65_535) return port;
  throw new CliError("usage", `--port ${text}: ${digits} is no port; ports are 1 to 65535`);
}
