import { FetchError } from "../errors.ts";

export const blockBytes = 512;

/** The fields of one header block as they stand. Text is latin1. */
export interface TarHeader {
  readonly name: string;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly modified: number;
  readonly type: string;
  readonly linkTarget: string;
}

export function isZeroBlock(block: Buffer): boolean {
  for (let index = 0; index < blockBytes; index += 1) if (block[index] !== 0) return false;
  return true;
}

/** True when the checksum says that this is a header: both sums that were ever in use. */
export function isHeader(block: Buffer): boolean {
  const stated = parseNumber(block, 148, 8);
  let unsigned = 8 * 0x20;
  let signed = 8 * 0x20;
  for (let index = 0; index < blockBytes; index += 1) {
    if (index >= 148 && index < 156) continue;
    const byte = block[index] ?? 0;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated === unsigned || stated === signed;
}

export function parseHeader(block: Buffer): TarHeader {
  if (!isHeader(block))
    throw new FetchError("archive-damaged", "the archive is damaged: an entry's header has a wrong checksum");
  const magic = block.toString("latin1", 257, 263);
  const short = text(block, 0, 100);
  // Only POSIX ustar has a prefix there; old GNU headers keep dates in those bytes.
  const prefix = magic === "ustar\0" ? text(block, 345, 155) : "";
  const sizeBytes = parseNumber(block, 124, 12);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new FetchError("archive-damaged", "the archive is damaged: an entry has an impossible size");
  }
  return {
    name: prefix === "" ? short : `${prefix}/${short}`,
    mode: parseNumber(block, 100, 8) & 0o7777,
    sizeBytes,
    modified: parseNumber(block, 136, 12),
    type: block.toString("latin1", 156, 157),
    linkTarget: text(block, 157, 100),
  };
}

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString("latin1", start, end < 0 || end > start + length ? start + length : end);
}

/** Octal digits, or GNU's base 256 when the first bit is set. */
function parseNumber(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first === 0xff ? -1 : first & 0x7f;
    for (let index = start + 1; index < start + length; index += 1) value = value * 256 + (block[index] ?? 0);
    return value;
  }
  let value = 0;
  for (let index = start; index < start + length; index += 1) {
    const byte = block[index] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) value = value * 8 + byte - 0x30;
    else if (byte !== 0x20 || value !== 0) break;
  }
  return value;
}
