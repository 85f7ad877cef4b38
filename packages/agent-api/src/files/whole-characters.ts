/**
 * How many of the bytes make whole UTF-8 characters, when what follows has been cut off: a character that lacks its end is left for
 * the next reading. All of them when that would be none, or when the end is no UTF-8 anyway.
 */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const needs = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return needs > back && bytes.length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
