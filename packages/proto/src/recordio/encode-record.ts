/** One RecordIO record: the byte length in decimal, a line feed, the bytes. Text is written in UTF-8. */
export function encodeRecord(data: Uint8Array | string): Uint8Array {
  const encoder = new TextEncoder();
  const body = typeof data === "string" ? encoder.encode(data) : data;
  const length = encoder.encode(`${body.byteLength}\n`);
  const record = new Uint8Array(length.byteLength + body.byteLength);
  record.set(length);
  record.set(body, length.byteLength);
  return record;
}
