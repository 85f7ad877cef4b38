import { formatPid, type Pid } from "./pid.ts";

export interface OutgoingMessage {
  readonly from: Pid;
  readonly to: Pid;
  readonly name: string;
  readonly body: Uint8Array;
}

/** Undefined when something in it would break the request apart: a space, a line end, or what is not ASCII. */
export function encodeRequest(message: OutgoingMessage, hostHeader: "address" | "empty"): Buffer | undefined {
  const { from, to, name, body } = message;
  const path = to.id === "" ? `/${name}` : `/${to.id}/${name}`;
  const sender = formatPid(from);
  const host = hostHeader === "address" ? `${to.host}:${to.port}` : "";
  if (![path, sender, host].every((part) => /^[\x21-\x7e]*$/.test(part))) return undefined;
  // Order and spelling are the original's; so is the single chunk, and the bodyless POST without any length.
  const head =
    `POST ${path} HTTP/1.1\r\nUser-Agent: libprocess/${sender}\r\nLibprocess-From: ${sender}\r\n` +
    `Connection: Keep-Alive\r\nHost: ${host}\r\n`;
  if (body.byteLength === 0) return Buffer.from(`${head}\r\n`, "latin1");
  const opening = `${head}Transfer-Encoding: chunked\r\n\r\n${body.byteLength.toString(16)}\r\n`;
  return Buffer.concat([Buffer.from(opening, "latin1"), body, Buffer.from("\r\n0\r\n\r\n", "latin1")]);
}
