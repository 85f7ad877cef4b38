export type OutputStream = "stdout" | "stderr";

/** One piece of a container's output. */
export interface OutputPiece {
  readonly stream: OutputStream;
  readonly data: string | Buffer;
}

/** The frame of the raw stream format: kind, three zeroes, length as 32 bits big-endian, payload. */
export function outputFrame(stream: OutputStream, data: string | Buffer): Buffer {
  const payload = Buffer.from(data);
  const head = Buffer.alloc(8);
  head[0] = stream === "stdout" ? 1 : 2;
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}
