/** The uuid as a string that compares; not for reading. */
export function uuidKey(uuid: Uint8Array | undefined): string {
  return Buffer.from(uuid ?? []).toString("latin1");
}
