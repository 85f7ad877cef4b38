import { invalid, refused } from "../errors.ts";

export type Pair = readonly [key: string, value: string];

/** Labels under this prefix tell Berth's containers from others; a task cannot set them. */
export const reservedLabelPrefix = "berth.";

/** `KEY=VALUE`; without `=` the value is empty. */
export function parsePair(text: string): Pair {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

export function parseEnvironment(text: string): Pair {
  const [name, value] = parsePair(text);
  if (name === "") throw invalid("has no variable name before the =");
  if (!text.includes("="))
    throw refused(`"${name}" without a value would be read from the agent's own environment; write ${name}=value`);
  return [name, value];
}

export function parseLabel(text: string): Pair {
  const [key, value] = parsePair(text);
  const name = key.replace(/^[ \t]+/, "");
  if (name === "") throw invalid("has an empty name");
  if (/[ \t]/.test(name)) throw invalid(`the name "${name}" has blanks in it`);
  if (name.startsWith(reservedLabelPrefix))
    throw refused(`labels that begin with ${reservedLabelPrefix} are Berth's own; name "${name}" otherwise`);
  return [key, value];
}

const namespacedKernel = new Set([
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
]);

export function parseSysctl(text: string): Pair {
  const [name, value] = parsePair(text);
  if (name === "" || !text.includes("=")) throw invalid("is not of the form name=value");
  if (!namespacedKernel.has(name) && !name.startsWith("net.") && !name.startsWith("fs.mqueue."))
    throw invalid(`"${name}" is not a namespaced sysctl: net.*, fs.mqueue.* and kernel.msg*, sem, shm* are`);
  return [name, value];
}

export function parseStorageOption(text: string): Pair {
  if (!text.includes("=")) throw invalid("is not of the form name=value");
  return parsePair(text);
}

/** `/path` or `/path:options`; the options are checked by the engine when it mounts. */
export function parseTmpfs(text: string): Pair {
  const at = text.indexOf(":");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** `container` or `container:alias`, kept as written. */
export function parseLink(text: string): string {
  if (text === "") throw invalid("is empty; write container or container:alias");
  if (text.split(":").length > 2) throw invalid(`"${text}" is not of the form container:alias`);
  return text;
}
