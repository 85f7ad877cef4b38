import { toMesosJson } from "@berth/proto";
import { ContainerStatus, ResourceStatistics } from "@berth/proto/v1";
import { jsonArray, jsonObject, jsonString, type JsonText } from "./json-text.ts";
import type { ListedContainer } from "./list-containers.ts";

/** The body of `/containers`. */
export function containersJson(containers: readonly ListedContainer[]): JsonText {
  return jsonArray(containers, (each) =>
    jsonObject({
      ...executorMembers(each),
      container_id: jsonString(each.containerId),
      statistics: statisticsJson(each),
      status: each.status === undefined ? undefined : toMesosJson(ContainerStatus, each.status),
    }),
  );
}

/** The body of `/monitor/statistics`: containers without statistics are not in it. */
export function statisticsListJson(containers: readonly ListedContainer[]): JsonText {
  const measured = containers.filter((each) => each.statistics !== undefined);
  return jsonArray(measured, (each) => jsonObject({ ...executorMembers(each), statistics: statisticsJson(each) }));
}

function executorMembers({ executor }: ListedContainer): Record<string, JsonText> {
  const info = executor?.executor.info;
  return {
    executor_id: jsonString(info?.executorId?.value ?? ""),
    executor_name: jsonString(info?.name ?? ""),
    framework_id: jsonString(executor?.framework.info.id?.value ?? ""),
    source: jsonString(info?.source ?? ""),
  };
}

function statisticsJson({ statistics }: ListedContainer): JsonText | undefined {
  return statistics === undefined ? undefined : toMesosJson(ResourceStatistics, statistics);
}
