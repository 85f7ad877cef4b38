const unitBytes: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** `2GB` in bytes; a unit is 1024 of the one before. Undefined for what is no size. */
export function parseBytes(text: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+)([KMGT]?B)$/.exec(text) ?? [];
  const factor = Object.hasOwn(unitBytes, unit) ? unitBytes[unit] : undefined;
  const sizeBytes = factor === undefined ? undefined : Number(number) * factor;
  return sizeBytes !== undefined && Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}
