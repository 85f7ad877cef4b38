const maxIdBytes = 255;

/**
 * Why `value` cannot be a task, executor, framework or agent id, or undefined when it can. Ids become names of folders, so what a path
 * gives a meaning to is refused. Source: the original's validation of ids; the rule on spaces is ours.
 */
export function idFault(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return "is empty; give it at least one character";
  if (value.trim() === "") return "consists of spaces only; give it a visible character";
  if (value === "." || value === "..") return `is "${value}", which names a folder; choose another`;
  if (Buffer.byteLength(value) > maxIdBytes) {
    return `is ${Buffer.byteLength(value)} bytes long; at most ${maxIdBytes} are allowed`;
  }
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "/" || character === "\\")
      return `holds "${character}"; ids become names of folders, leave it out`;
    if (code < 0x20 || code === 0x7f) {
      return `holds the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}; leave it out`;
    }
  }
  return undefined;
}
