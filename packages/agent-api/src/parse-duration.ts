const nanosecondsPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  secs: 1e9,
  mins: 60e9,
  hrs: 3600e9,
  days: 86_400e9,
  weeks: 604_800e9,
};

/** `5secs`, `1.5hrs` in milliseconds; undefined for what is no duration. Source: stout's grammar, one number and one unit. */
export function parseDurationMs(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text.trim()) ?? [];
  const factor = nanosecondsPer[unit];
  const nanoseconds = Number(digits) * (factor ?? Number.NaN);
  // Beyond 64 bits of nanoseconds there is no duration.
  return digits !== "" && nanoseconds < 2 ** 63 ? nanoseconds / 1e6 : undefined;
}
