import { invalid, refused } from "../errors.ts";

export type VolumeSpec =
  | { readonly kind: "anonymous"; readonly target: string }
  /** As the engine takes it in Binds: a host path or a volume name, the path in the container, options. */
  | { readonly kind: "bind"; readonly spec: string };

/**
 * `[source:]target[:options]`. Without a source the volume is anonymous; the options (rw, ro, z, Z, nocopy, a propagation,
 * comma-separated) are the engine's to check. A single letter before a colon is a Windows drive, never a source.
 */
export function parseVolume(text: string): VolumeSpec {
  if (text === "") throw invalid("is empty");
  if (text.length <= 2) return { kind: "anonymous", target: text };
  const sections = splitSections(text);
  if (sections.some((section) => section === "")) throw invalid(`"${text}" has an empty part between colons`);
  if (sections.length > 3) throw invalid(`"${text}" has too many colons`);
  const [source = ""] = sections;
  if (sections.length === 1) return { kind: "anonymous", target: source };
  if (source.startsWith("."))
    throw refused(`"${source}" would be resolved in the agent's working directory; write an absolute path`);
  return { kind: "bind", spec: text };
}

function splitSections(text: string): string[] {
  const sections: string[] = [];
  let current = "";
  for (const character of text) {
    const isDrive = character === ":" && /^\p{L}$/u.test(current);
    if (character === ":" && !isDrive) {
      sections.push(current);
      current = "";
    } else current += character;
  }
  return [...sections, current];
}
