import path from "node:path";

/** Where things lie below `meta`: the original's names, so that people who know it find them. */
export class MetaPaths {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get slaves(): string {
    return path.join(this.root, "slaves");
  }

  get latest(): string {
    return path.join(this.slaves, "latest");
  }

  get resources(): string {
    return path.join(this.root, "resources", "resources.info");
  }

  slaveInfo(agentId: string): string {
    return path.join(this.slaves, agentId, "slave.info");
  }

  drain(agentId: string): string {
    return path.join(this.slaves, agentId, "drain.config");
  }

  frameworks(agentId: string): string {
    return path.join(this.slaves, agentId, "frameworks");
  }

  framework(agentId: string, frameworkId: string): string {
    return path.join(this.frameworks(agentId), frameworkId);
  }

  executors(agentId: string, frameworkId: string): string {
    return path.join(this.framework(agentId, frameworkId), "executors");
  }

  /** Of one container. */
  run(agentId: string, frameworkId: string, executorId: string, containerId: string): string {
    return path.join(this.executors(agentId, frameworkId), executorId, "runs", containerId);
  }
}
