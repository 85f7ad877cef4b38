import { faultExcerpt } from "@berth/proto";
import { locateFaults } from "./locate-fault.ts";
import type { TaskFault } from "./task-fault.ts";

/** Where a task came from. */
export interface TaskDocument {
  readonly name: string;
  /** Undefined when it was not written as text. */
  readonly text: string | undefined;
}

const shown = 6;

/** All faults on one screen: place, path, what to do, and the line itself. */
export function renderFaults(document: TaskDocument, faults: readonly TaskFault[]): string {
  const located = document.text === undefined ? faults : locateFaults(document.text, faults).toSorted(byPlace);
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const lines = [`error: ${document.name} is not a task that can run: ${count}`];
  for (const fault of located.slice(0, shown)) lines.push("", ...renderFault(document, fault));
  if (located.length > shown) lines.push("", `  and ${located.length - shown} more`);
  return `${lines.join("\n")}\n`;
}

function renderFault(document: TaskDocument, fault: TaskFault): readonly string[] {
  const { line, column } = fault;
  const place = line === undefined ? "" : `${document.name}:${line}:${column ?? 1}: `;
  const lines = [`  ${place}${fault.path === "" ? "" : `${fault.path}: `}${fault.message}`];
  if (document.text === undefined || line === undefined) return lines;
  const excerpt = faultExcerpt(document.text, { path: "", code: "wrong-type", message: "", line, column: column ?? 1 });
  return excerpt === undefined ? lines : [...lines, ...excerpt.split("\n").map((text) => `    | ${text}`)];
}

function byPlace(a: TaskFault, b: TaskFault): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
