import path from "node:path";
import type { CgroupLocation, CgroupReader } from "./cgroup-reader.ts";
import { countProcesses, isThere, readGroupFiles, readText } from "./group-files.ts";
import { locateGroups } from "./locate.ts";
import { parseCgroupMounts } from "./mountinfo.ts";
import { processState } from "./parse.ts";
import { parseProcessCgroups } from "./proc-cgroup.ts";
import {
  memoryEvidenceV1,
  memoryEvidenceV2,
  memoryFilesV1,
  memoryFilesV2,
  usageFilesV1,
  usageFilesV2,
  usageV1,
  usageV2,
} from "./usage.ts";

export interface CgroupReaderOptions {
  /** Where procfs is; default `/proc`. An agent in a container needs the host's, for the pids that the engine names. */
  readonly procRoot?: string | undefined;
  /** Only hierarchies mounted at or below this directory are looked at; default: all that mountinfo names. */
  readonly cgroupRoot?: string | undefined;
}

/** Reads the kernel's files and nothing else: no engine call, no process. Never rejects. */
export function createCgroupReader(options: CgroupReaderOptions = {}): CgroupReader {
  const procRoot = options.procRoot ?? "/proc";
  const cgroupRoot = options.cgroupRoot?.replace(/\/+$/, "") ?? "";
  const inRoot = (mountPoint: string) => mountPoint === cgroupRoot || mountPoint.startsWith(`${cgroupRoot}/`);

  return {
    async locate(pid) {
      const [groups, stat, mountinfo] = await Promise.all([
        readText(path.join(procRoot, String(pid), "cgroup")),
        readText(path.join(procRoot, String(pid), "stat")),
        readText(path.join(procRoot, "self", "mountinfo")),
      ]);
      if (groups === undefined || stat === undefined || mountinfo === undefined) return undefined;
      const state = processState(stat);
      if (state === "Z" || state === "X") return undefined;
      const mounts = parseCgroupMounts(mountinfo).filter(({ mountPoint }) => inRoot(mountPoint));
      return locateGroups(parseProcessCgroups(groups), mounts);
    },

    async usage(location) {
      const counted = countedIn(location);
      const processes = counted === undefined ? undefined : await countProcesses(counted);
      const usage =
        location.version === 2
          ? usageV2(await readGroupFiles(location.unified, usageFilesV2))
          : usageV1({
              ...(await readGroupFiles(location.cpu, usageFilesV1.cpu)),
              ...(await readGroupFiles(location.cpuacct, usageFilesV1.cpuacct)),
              ...(await readGroupFiles(location.memory, usageFilesV1.memory)),
            });
      const found = { ...usage, ...(processes !== undefined && { processes }) };
      return Object.keys(found).length > 0 || (await stillThere(location)) ? found : undefined;
    },

    async memoryEvidence(location) {
      const evidence =
        location.version === 2
          ? memoryEvidenceV2(await readGroupFiles(location.unified, memoryFilesV2))
          : memoryEvidenceV1(await readGroupFiles(location.memory, memoryFilesV1));
      return Object.keys(evidence).length > 0 || (await stillThere(location)) ? evidence : undefined;
    },
  };
}

/** The group whose processes are counted; in v1 all controllers of a container have the same. */
function countedIn(location: CgroupLocation): string | undefined {
  return location.version === 2
    ? location.unified
    : (location.pids ?? location.cpuacct ?? location.memory ?? location.cpu);
}

async function stillThere(location: CgroupLocation): Promise<boolean> {
  const directory = countedIn(location);
  return directory !== undefined && isThere(directory);
}
