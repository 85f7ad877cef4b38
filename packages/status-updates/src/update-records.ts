import { endianness } from "node:os";
import { decodeMessage, encodeMessage } from "@berth/proto";
import { StatusUpdateRecord } from "@berth/proto/internal/messages";

const lengthBytes = 4;
const littleEndian = endianness() === "LE";

/** A record as `task.updates` holds it: its length in four bytes of the host's order, then the message. */
export function encodeUpdateRecord(record: StatusUpdateRecord): Uint8Array {
  const message = encodeMessage(StatusUpdateRecord, record);
  const bytes = new Uint8Array(lengthBytes + message.byteLength);
  new DataView(bytes.buffer).setUint32(0, message.byteLength, littleEndian);
  bytes.set(message, lengthBytes);
  return bytes;
}

export interface ReadRecords {
  readonly records: readonly StatusUpdateRecord[];
  /** Up to where the bytes are whole records: what comes after was being written when the agent died, or is damaged. */
  readonly wholeBytes: number;
}

export function decodeUpdateRecords(bytes: Uint8Array): ReadRecords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: StatusUpdateRecord[] = [];
  let offset = 0;
  while (offset + lengthBytes <= bytes.byteLength) {
    const end = offset + lengthBytes + view.getUint32(offset, littleEndian);
    if (end > bytes.byteLength) break;
    const decoded = decodeMessage(StatusUpdateRecord, bytes.subarray(offset + lengthBytes, end));
    if (!decoded.ok || !isUsable(decoded.value)) break;
    records.push(decoded.value);
    offset = end;
  }
  return { records, wholeBytes: offset };
}

function isUsable({ type, update, uuid }: StatusUpdateRecord): boolean {
  if (type === "UPDATE") return update?.uuid !== undefined;
  return type === "ACK" && uuid !== undefined;
}
