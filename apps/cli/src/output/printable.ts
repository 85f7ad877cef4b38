/** Control characters as `\x1b`: text of servers, archives and tasks must not steer the terminal of the person who reads it. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
