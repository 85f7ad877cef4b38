import { invalid, refused } from "../errors.ts";

const builtInProfiles = new Set(["builtin", "unconfined"]);

/** `name=value` (or `name:value`, the old form), and `no-new-privileges` alone. A seccomp profile in a file is refused. */
export function parseSecurityOption(text: string): string {
  const [name, value] = split(text);
  if (name === "no-new-privileges") return text;
  if (value === undefined || value === "") throw invalid(`"${text}" is not of the form name=value`);
  if (name === "seccomp" && !builtInProfiles.has(value))
    throw refused(
      `a seccomp profile would be read from the agent's host; only seccomp=unconfined and seccomp=builtin are taken`,
    );
  return text;
}

function split(text: string): [string, string | undefined] {
  const equals = text.indexOf("=");
  const at = equals === -1 && text !== "no-new-privileges" ? text.indexOf(":") : equals;
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
