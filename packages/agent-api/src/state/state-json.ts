import type { AgentSnapshot, FrameworkView } from "@berth/agent-core";
import { toMesosJson } from "@berth/proto";
import { DomainInfo, DrainConfig, type VersionInfo } from "@berth/proto/v1";
import { attributesObject, resourcesObject } from "@berth/resources";
import { jsonArray, jsonDouble, jsonObject, jsonScalars, jsonString, type JsonText } from "../json-text.ts";
import { frameworkJson } from "./framework-json.ts";
import { reservationsJson } from "./reservations-json.ts";

/** What `/state` tells beside the snapshot. */
export interface StateFacts {
  readonly version: VersionInfo;
  /** `slave(1)@10.0.0.2:5051` */
  readonly pid: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly masterHostname: string | undefined;
}

/** The body of `/state`. */
export async function stateJson(snapshot: AgentSnapshot, facts: StateFacts): Promise<JsonText> {
  const { info, drainConfig, drainStartTimeMs } = snapshot;
  const { flags, masterHostname } = facts;
  return jsonObject({
    ...versionMembers(facts.version),
    start_time: jsonDouble(snapshot.startTimeMs / 1000),
    id: jsonString(snapshot.agentId ?? ""),
    pid: jsonString(facts.pid),
    hostname: jsonString(info.hostname ?? ""),
    capabilities: jsonArray(snapshot.capabilities, jsonString),
    domain: info.domain === undefined ? undefined : toMesosJson(DomainInfo, info.domain),
    drain_config: drainConfig === undefined ? undefined : toMesosJson(DrainConfig, drainConfig),
    estimated_drain_start_time_seconds:
      drainStartTimeMs === undefined ? undefined : jsonDouble(drainStartTimeMs / 1000),
    resources: jsonScalars(resourcesObject(snapshot.totalResources)),
    ...reservationsJson(snapshot.totalResources, snapshot.allocatedResources),
    resource_providers: "[]",
    attributes: jsonScalars(attributesObject(info.attributes ?? [])),
    master_hostname: masterHostname === undefined ? undefined : jsonString(masterHostname),
    log_dir: flags["log_dir"] === undefined ? undefined : jsonString(flags["log_dir"]),
    external_log_file: flags["external_log_file"] === undefined ? undefined : jsonString(flags["external_log_file"]),
    flags: flagsJson(flags),
    frameworks: await frameworksJson(snapshot.frameworks),
    completed_frameworks: await frameworksJson(snapshot.completedFrameworks),
  });
}

async function frameworksJson(frameworks: readonly FrameworkView[]): Promise<JsonText> {
  const texts: JsonText[] = [];
  for (const framework of frameworks) texts.push(await frameworkJson(framework));
  return `[${texts.join(",")}]`;
}

export function flagsJson(flags: Readonly<Record<string, string>>): JsonText {
  return jsonObject(Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, jsonString(value)])));
}

/** The members of `/version`, which `/state` begins with. */
export function versionMembers(version: VersionInfo): Record<string, JsonText | undefined> {
  const text = (value: string | undefined) => (value === undefined ? undefined : jsonString(value));
  return {
    version: jsonString(version.version ?? ""),
    git_sha: text(version.gitSha),
    git_branch: text(version.gitBranch),
    git_tag: text(version.gitTag),
    build_date: text(version.buildDate),
    build_time: version.buildTime === undefined ? undefined : jsonDouble(version.buildTime),
    build_user: text(version.buildUser),
  };
}
