const byteUnits: readonly [unit: string, bytes: number][] = [
  ["g", 1024 ** 3],
  ["m", 1024 ** 2],
  ["k", 1024],
];

/** Bytes in the largest unit that divides them: 67108864 -> 64m. */
export function byteSizeText(bytes: number): string {
  const unit = byteUnits.find(([, size]) => bytes > 0 && bytes % size === 0);
  return unit ? `${bytes / unit[1]}${unit[0]}` : `${bytes}`;
}

const durationUnits: readonly [unit: string, nanos: number][] = [
  ["h", 3_600e9],
  ["m", 60e9],
  ["s", 1e9],
  ["ms", 1e6],
  ["us", 1e3],
];

/** Nanoseconds in the largest unit that divides them: 90e9 -> 90s. */
export function durationText(nanos: number): string {
  const unit = durationUnits.find(([, size]) => nanos > 0 && nanos % size === 0);
  return unit ? `${nanos / unit[1]}${unit[0]}` : `${nanos}ns`;
}

/** Billionths of a cpu as a decimal: 1500000000 -> 1.5. */
export function cpusText(nanoCpus: number): string {
  const whole = Math.trunc(nanoCpus / 1e9);
  const decimals = `${nanoCpus % 1e9}`.replace("-", "").padStart(9, "0").replace(/0+$/, "");
  const sign = nanoCpus < 0 && whole === 0 ? "-" : "";
  return decimals === "" ? `${whole}` : `${sign}${whole}.${decimals}`;
}
