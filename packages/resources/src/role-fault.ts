/** Why this cannot be the name of a role, undefined when it can. Source: the original's rules for roles. */
export function roleFault(role: string): string | undefined {
  if (role === "*") return undefined;
  if (role === "") return "a role has a name";
  if (/\s|\p{Cc}/u.test(role)) return "a role has no blanks and control characters";
  for (const part of role.split("/")) {
    if (part === "") return "a role neither begins nor ends with /, and has no // in it";
    if (part === "." || part === "..") return `${part} is no part of a role`;
    if (part === "*") return "* is no part of a role";
    if (part.startsWith("-")) return "no part of a role begins with -";
  }
  return undefined;
}

/** `eng/web` is below `eng`. */
export function isStrictSubrole(role: string, of: string): boolean {
  return role.length > of.length && role.startsWith(`${of}/`);
}
