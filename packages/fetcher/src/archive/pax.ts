import { FetchError } from "../errors.ts";

/** The records of a pax extended header: `LENGTH KEY=VALUE\n`, the length counting itself. Values are latin1. */
export function parsePax(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length;) {
    // Some writers fill the rest with zeros.
    if (bytes[start] === 0) break;
    const space = bytes.indexOf(0x20, start);
    const digits = bytes.toString("latin1", start, Math.max(start, space));
    const end = start + Number(digits);
    if (space < 0 || !/^\d{1,8}$/.test(digits) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a)
      throw damaged();
    const record = bytes.toString("latin1", space + 1, end - 1);
    const equals = record.indexOf("=");
    if (equals < 1) throw damaged();
    const value = record.slice(equals + 1);
    const key = record.slice(0, equals);
    if ((key === "path" || key === "linkpath") && value.includes("\0")) throw damaged();
    // An empty value takes an earlier or global one back.
    if (value === "") records.delete(key);
    else records.set(key, value);
    start = end;
  }
  return records;
}

function damaged(): FetchError {
  return new FetchError("archive-damaged", "the archive is damaged: a pax header cannot be read");
}
