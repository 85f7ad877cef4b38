import type { ContainerID } from "@berth/proto/v1";
import type { ContainerConfig, Containerizer } from "../containerizer.ts";

/** The part of a test framework that the suite uses; those of vitest, jest, mocha and node:test fit. */
export interface ComplianceFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** One containerizer under test, made anew for every case, and what can be done with it. */
export interface ComplianceWorld {
  readonly containerizer: Containerizer;
  /** A command task that runs until it is ended. */
  readonly running: (containerId: ContainerID) => Promise<ContainerConfig>;
  /** A command task that exits by itself with code 3. */
  readonly exiting: (containerId: ContainerID) => Promise<ContainerConfig>;
  /** A command task whose launch fails. */
  readonly failing: (containerId: ContainerID) => Promise<ContainerConfig>;
  /** What this containerizer leaves to another. */
  readonly notSupported: (containerId: ContainerID) => Promise<ContainerConfig>;
  /** What there is of the container in the world beyond this process (engine, processes, mounts), by name. The sandbox does not count. */
  readonly traces: (containerId: ContainerID) => Promise<readonly string[]>;
  /** Ends and removes everything, also after a failed case. */
  readonly cleanup: () => Promise<void>;
}

export type ComplianceSetup = () => Promise<ComplianceWorld>;
