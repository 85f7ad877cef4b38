import { invalid } from "../errors.ts";

/**
 * The first record of RFC 4180 text, as Go's encoding/csv reads it: a field is quoted only when it begins with a quote, a quote
 * inside is doubled, and a bare quote is a fault. The message never repeats the text, which may hold a driver's password.
 */
export function parseCsvRecord(text: string): string[] {
  const line = text.replace(/^(?:\r?\n)+/, "");
  if (line === "") throw invalid("is empty");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line.charAt(at) === '"' ? readQuoted(line, at, fields.length) : readPlain(line, at, fields.length);
    fields.push(field.text);
    at = field.end;
    if (line.charAt(at) !== ",") return fields;
    at += 1;
  }
}

interface Field {
  readonly text: string;
  /** Position of the comma or line end behind the field. */
  readonly end: number;
}

function readPlain(line: string, start: number, index: number): Field {
  const rest = line.slice(start);
  const length = rest.search(/,|\r?\n/);
  const text = length === -1 ? rest : rest.slice(0, length);
  if (text.includes('"')) throw invalid(`field ${index + 1} has a bare quote; put the whole field in quotes`);
  return { text, end: start + text.length };
}

function readQuoted(line: string, start: number, index: number): Field {
  let text = "";
  let at = start + 1;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote === -1) throw invalid(`field ${index + 1} begins with a quote that is never closed`);
    text += line.slice(at, quote);
    if (line.charAt(quote + 1) !== '"') {
      const next = line.slice(quote + 1);
      if (next !== "" && !/^(?:,|\r?\n)/.test(next))
        throw invalid(`field ${index + 1} goes on behind its closing quote`);
      return { text, end: quote + 1 };
    }
    text += '"';
    at = quote + 2;
  }
}
