import type { Fault } from "./fault.ts";

const CONTEXT_BEFORE = 60;
const WIDTH = 110;

/**
 * The line of `text` that the fault lies in and a caret under its column, both cut to a screen's width. Undefined for a
 * fault without a position.
 */
export function faultExcerpt(text: string, fault: Fault): string | undefined {
  if (fault.line === undefined || fault.column === undefined) return undefined;
  const line = text.split(/\r\n|\n|\r/)[fault.line - 1];
  if (line === undefined) return undefined;
  const column = fault.column - 1;
  const from = Math.max(0, column - CONTEXT_BEFORE);
  const shown = line.slice(from, from + WIDTH);
  // Tabs stay tabs before the caret, so that both lines are equally wide on any terminal.
  const indent = shown
    .slice(0, column - from)
    .replace(/[^\t]/g, " ")
    .padEnd(column - from);
  return `${shown}\n${indent}^`;
}
