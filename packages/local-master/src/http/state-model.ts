import { formatPid } from "@berth/libprocess";
import type { VersionInfo } from "@berth/proto/v1";
import type { Books } from "../books/books.ts";
import { masterInfo, masterVersion } from "../books/master-info.ts";
import { agentModel } from "./agent-model.ts";
import { flagsModel } from "./flags-model.ts";
import { frameworkModel } from "./framework-model.ts";
import type { Model } from "./models.ts";

export type Build = Pick<VersionInfo, "buildDate" | "buildTime" | "buildUser" | "gitSha">;

export function versionModel(build: Build | undefined): Model {
  return {
    version: masterVersion,
    git_sha: build?.gitSha ?? "",
    build_date: build?.buildDate ?? "",
    build_time: build?.buildTime ?? 0,
    build_user: build?.buildUser ?? "",
  };
}

/** What `/state` answers. */
export function stateModel(books: Books, build: Build | undefined): Model {
  const agents = [...books.agents.values()];
  const pid = formatPid(books.pid);
  const { host: hostname, port } = books.pid;
  const info = masterInfo(books);
  return {
    ...versionModel(build),
    start_time: books.startedAt / 1000,
    elected_time: books.startedAt / 1000,
    id: books.masterId,
    pid,
    hostname,
    capabilities: (info.capabilities ?? []).map((capability) => capability.type),
    activated_slaves: agents.filter((agent) => agent.connected && !agent.deactivated).length,
    deactivated_slaves: agents.filter((agent) => !agent.connected || agent.deactivated).length,
    unreachable_slaves: books.unreachableAgents.size,
    leader: pid,
    leader_info: { id: books.masterId, pid, port, hostname },
    flags: flagsModel(books),
    slaves: agents.map(agentModel),
    recovered_slaves: [],
    frameworks: [...books.frameworks.values()].map((framework) => frameworkModel(books, framework)),
    completed_frameworks: [...books.completedFrameworks.values()].map((framework) => frameworkModel(books, framework)),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}
