import { connect } from "node:net";
import { buffer } from "node:stream/consumers";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request written by hand, for targets and bytes that no client would send. Reads until the server closes. */
export async function rawRequest(
  port: number,
  firstLine: string,
  headers: readonly string[] = [],
  body = "",
): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  socket.write([firstLine, "Host: x", "Connection: close", ...headers, "", body].join("\r\n"));
  const text = (await buffer(socket)).toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...lines] = text.slice(0, end).split("\r\n");
  return {
    status: Number(status.split(" ")[1]),
    headers: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    ),
    body: text.slice(end + 4),
  };
}
