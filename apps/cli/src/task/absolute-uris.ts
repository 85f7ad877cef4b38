import path from "node:path";
import type { TaskInfo } from "@berth/proto/v1";

/** The task with relative URIs made absolute: an agent that is not ours does not know our folders. */
export function withAbsoluteUris(task: TaskInfo, folder: string): TaskInfo {
  const { command } = task;
  if (command?.uris === undefined) return task;
  const uris = command.uris.map((uri) =>
    uri.value === undefined || !isRelative(uri.value) ? uri : { ...uri, value: path.resolve(folder, uri.value) },
  );
  return { ...task, command: { ...command, uris } };
}

function isRelative(uri: string): boolean {
  return uri !== "" && !uri.startsWith("/") && !/^[a-z][a-z0-9+.-]*:/i.test(uri);
}
