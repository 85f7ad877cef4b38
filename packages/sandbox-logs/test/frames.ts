/** One frame of the Engine API's multiplexed stream. */
export function frame(type: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

export const out = (payload: Buffer | string) => frame(1, payload);
export const err = (payload: Buffer | string) => frame(2, payload);
