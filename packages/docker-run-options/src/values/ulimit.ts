import { invalid } from "../errors.ts";
import { parseDecimal } from "./go-numbers.ts";

export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

const names = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

/** `name=soft[:hard]`; -1 is unlimited, and a missing hard limit is the soft one. */
export function parseUlimit(text: string): Ulimit {
  const at = text.indexOf("=");
  if (at === -1) throw invalid(`"${text}" is not of the form name=soft[:hard]`);
  const name = text.slice(0, at);
  if (!names.has(name)) throw invalid(`"${name}" is not a ulimit; known are ${[...names].join(", ")}`);
  const limits = text.slice(at + 1).split(":");
  if (limits.length > 2) throw invalid(`"${text}" has more than soft:hard`);
  const soft = parseDecimal(limits[0] ?? "");
  const hard = limits[1] === undefined ? soft : parseDecimal(limits[1]);
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw invalid(`the soft limit ${soft} is above the hard limit ${hard}`);
  return { Name: name, Soft: soft, Hard: hard };
}
