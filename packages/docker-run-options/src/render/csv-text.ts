/** One csv record, each field quoted when it must be: the inverse of `parseCsvRecord`. */
export function csvText(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
