/** Where a virtual path leads: a registered root, and the way below it. */
export interface FileLocation {
  /** Absolute path of a folder or a file that was registered. */
  readonly root: string;
  /** Names below the root, none of them empty, `.` or `..`; none when it is the root itself. */
  readonly segments: readonly string[];
}

/** The virtual paths that the files API shows. */
export interface FileRoots {
  attach(virtualPath: string, realPath: string): void;
  detach(virtualPath: string): void;
  /** The longest root that the path begins with. Undefined when there is none, and for paths that hold `..` or NUL. */
  locate(virtualPath: string): FileLocation | undefined;
  /** Virtual to real, sorted. */
  list(): Readonly<Record<string, string>>;
}

export function createFileRoots(): FileRoots {
  const roots = new Map<string, string>();
  return {
    attach: (virtualPath, realPath) => void roots.set(withoutSlashes(virtualPath), realPath),
    detach: (virtualPath) => void roots.delete(withoutSlashes(virtualPath)),
    locate(virtualPath) {
      if (virtualPath.includes("\0")) return undefined;
      const names = virtualPath.split("/").filter((name) => name !== "" && name !== ".");
      if (names.includes("..")) return undefined;
      const lead = virtualPath.startsWith("/") ? "/" : "";
      for (let count = names.length; count > 0; count -= 1) {
        const root = roots.get(lead + names.slice(0, count).join("/"));
        if (root !== undefined) return { root, segments: names.slice(count) };
      }
      return undefined;
    },
    list: () => Object.fromEntries([...roots].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function withoutSlashes(path: string): string {
  return path.replace(/\/+$/, "");
}
