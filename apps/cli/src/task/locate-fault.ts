import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import type { TaskFault } from "./task-fault.ts";

/** Gives faults their place in the text they came from: that of the deepest part of the path that is written there. */
export function locateFaults(text: string, faults: readonly TaskFault[]): readonly TaskFault[] {
  // What could not be read has its place already, and may be nested too deep to be parsed here.
  if (faults.every((fault) => fault.line !== undefined)) return faults;
  const root = parseTree(text);
  if (root === undefined) return faults;
  return faults.map((fault) =>
    fault.line === undefined ? { ...fault, ...position(text, deepest(root, segments(fault.path)).offset) } : fault,
  );
}

function deepest(root: Node, path: readonly (string | number)[]): Node {
  let node = root;
  for (const segment of path) {
    const next =
      findNodeAtLocation(node, [segment]) ??
      (typeof segment === "string" ? findNodeAtLocation(node, [camelCase(segment)]) : undefined);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function segments(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
