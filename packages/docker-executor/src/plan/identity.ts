import type { DockerLaunch } from "../docker-executor.ts";
import type { FaultSink } from "./fault-sink.ts";

const maxIdBytes = 255;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const agentIdForm = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

/** Ids become names of folders and labels: what a path gives a meaning to is refused. */
export function checkIdentity(launch: DockerLaunch, sink: FaultSink): void {
  const ids: readonly [path: string, value: string | undefined][] = [
    ["task_id", launch.task.taskId?.value],
    ["framework_id", launch.frameworkId],
    ["executor_id", launch.executorId],
  ];
  for (const [path, value] of ids) {
    // A command task's executor bears the task's id: one fault is enough.
    if (path === "executor_id" && value === launch.task.taskId?.value) continue;
    const fault = idFault(value);
    if (fault !== undefined) sink.fault(path, fault);
  }
  if (!agentIdForm.test(launch.agentId) || Buffer.byteLength(launch.agentId) > maxIdBytes) {
    // A dot would shift the parts of the container's name, and the id would be read from the wrong one.
    sink.fault("agent_id", "stands in the container's name: only letters, digits, `_` and `-` can be used");
  }
  if (!uuid.test(launch.containerId))
    sink.fault("container_id", "must be a UUID: a container whose name holds anything else is not found again");
  if (!launch.sandboxDirectory.startsWith("/") || launch.sandboxDirectory.includes("\0")) {
    sink.fault("sandbox_directory", `${JSON.stringify(launch.sandboxDirectory)} is no absolute path`);
  }
}

function idFault(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return "is empty; give it at least one character";
  if (value.trim() === "") return "consists of spaces only; give it a visible character";
  if (value === "." || value === "..") return `is "${value}", which names a folder; choose another`;
  const bytes = Buffer.byteLength(value);
  if (bytes > maxIdBytes) return `is ${bytes} bytes long; at most ${maxIdBytes} are allowed`;
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "/" || character === "\\")
      return `holds "${character}"; ids become names of folders, leave it out`;
    if (code < 0x20 || code === 0x7f) {
      return `holds the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}; leave it out`;
    }
  }
  return undefined;
}
