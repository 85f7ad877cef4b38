const units = ["B", "KB", "MB", "GB", "TB"] as const;

/** `312 B`, `1.4 MB`: of 1024 each, as Mesos counts. */
export function byteSize(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
