/** A mounted cgroup hierarchy. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** v1 only. */
  readonly controllers: readonly string[];
  /** The group that stands at the mount point; `/` unless only a part is mounted, as in a container. */
  readonly root: string;
  readonly mountPoint: string;
}

/** Reads the cgroup mounts out of /proc/<pid>/mountinfo. Source: proc_pid_mountinfo(5). */
export function parseCgroupMounts(text: string): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split("\n")) {
    const [before, after] = line.split(" - ");
    const [, , , root, mountPoint] = before?.split(" ") ?? [];
    const [type, , superOptions = ""] = after?.split(" ") ?? [];
    if (root === undefined || mountPoint === undefined) continue;
    const place = { root: unescape(root), mountPoint: unescape(mountPoint) };
    if (type === "cgroup2") mounts.push({ version: 2, controllers: [], ...place });
    else if (type === "cgroup") mounts.push({ version: 1, controllers: superOptions.split(","), ...place });
  }
  return mounts;
}

/** Where a group is on this host, or undefined when no mount shows it. The latest mount covers those before it. */
export function groupDirectory(mounts: readonly CgroupMount[], groupPath: string): string | undefined {
  // A group outside of our cgroup namespace, or one that is removed while its last process is a zombie.
  if (groupPath.split("/").includes("..") || groupPath.endsWith(" (deleted)")) return undefined;
  for (const { root, mountPoint } of mounts.toReversed()) {
    if (root === "/") return join(mountPoint, groupPath);
    if (groupPath === root) return mountPoint;
    if (groupPath.startsWith(`${root}/`)) return join(mountPoint, groupPath.slice(root.length));
  }
  return undefined;
}

function join(mountPoint: string, path: string): string {
  return path === "/" ? mountPoint : `${mountPoint === "/" ? "" : mountPoint}${path}`;
}

/** Space, tab, newline and backslash are written in octal. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
