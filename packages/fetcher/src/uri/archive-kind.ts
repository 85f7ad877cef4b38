/** How a file is unpacked: `tree` by what its bytes are (tar in any compression, or zip), `gunzip` as one file. */
export type ArchiveKind = "tree" | "gunzip";

const treeSuffixes = [".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip"];

/** The original's table of extensions; case-sensitive like it. */
export function archiveKind(fileName: string): ArchiveKind | undefined {
  if (treeSuffixes.some((suffix) => fileName.endsWith(suffix))) return "tree";
  return fileName.endsWith(".gz") && fileName.length > ".gz".length ? "gunzip" : undefined;
}
